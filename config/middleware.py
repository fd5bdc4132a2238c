"""What is refused before Django sees it, and what is put into words after it answered."""

import codecs
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.http import parse_header_parameters

from gallery.views import errors

Answer = Callable[[HttpRequest], HttpResponse]
Application = Callable[[dict[str, Any], Callable], Iterable[bytes]]
AsyncApplication = Callable[[dict[str, Any], Callable, Callable], Awaitable[None]]

NOT_UTF8 = "This request is not written in UTF-8. Send it again with “charset=utf-8”.\n".encode()


def utf8_only(application: Application) -> Application:
    """
    Refuse requests of which the content type names another encoding than UTF-8.

    Browsers send nothing else, and some names, such as "hex", are no encodings of text. Django
    fails over them while it makes the request, before any of its own middleware could answer.
    """

    def answer(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if _is_utf8(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(NOT_UTF8))),
        ]
        start_response("400 Bad Request", headers)
        return [NOT_UTF8]

    return answer


def utf8_only_async(application: AsyncApplication) -> AsyncApplication:
    """Do under ASGI what `utf8_only` does under WSGI."""

    async def answer(scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        content_type = dict(scope.get("headers", ())).get(b"content-type", b"")
        if _is_utf8(content_type.decode("latin-1")):
            return await application(scope, receive, send)
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(NOT_UTF8)),
        ]
        await send({"type": "http.response.start", "status": 400, "headers": headers})
        await send({"type": "http.response.body", "body": NOT_UTF8})

    return answer


def not_allowed_in_words(get_response: Answer) -> Answer:
    """Give the empty answer to a wrong method its sentence."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        reason = (
            f"This address does not answer {request.method} requests. "
            "Go back, and use the buttons of the page."
        )
        told = errors.error_response(request, "method_not_allowed", reason)
        told["Allow"] = response["Allow"]
        return told

    return answer


def _is_utf8(content_type: str) -> bool:
    try:
        _, parameters = parse_header_parameters(content_type)
        return codecs.lookup(parameters.get("charset", "utf-8")).name == "utf-8"
    except (LookupError, ValueError):
        return False
