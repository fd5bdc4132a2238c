"""
Guards around the whole site: reject requests that are not encoded in UTF-8.

The entry points load this module before Django is set up, so it imports nothing of the site.
"""

import codecs
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from django.http import HttpResponseBase
from django.utils.http import parse_header_parameters

WSGI = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes] | HttpResponseBase]

# The values of a scope and of an event have many types; the ASGI specification lists them.
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]

NOT_UTF8 = "This request is not encoded in UTF-8. Send it again with “charset=utf-8”.\n".encode()


def utf8_only(application: WSGI) -> WSGI:
    """
    Reject requests whose content type names an encoding other than UTF-8.

    Browsers send nothing else, and some names, such as "hex", are not text encodings at all.
    Django fails on those while it builds the request, before its own middleware could answer.
    """

    def answer(
        environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes] | HttpResponseBase:
        if _is_utf8(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(NOT_UTF8))),
        ]
        start_response("400 Bad Request", headers)
        return [NOT_UTF8]

    return answer


def utf8_only_async(application: ASGI) -> ASGI:
    """Do under ASGI what `utf8_only` does under WSGI."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        content_type = dict(scope.get("headers", ())).get(b"content-type", b"")
        if _is_utf8(content_type.decode("latin-1")):
            await application(scope, receive, send)
            return
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(NOT_UTF8)),
        ]
        await send({"type": "http.response.start", "status": 400, "headers": headers})
        await send({"type": "http.response.body", "body": NOT_UTF8})

    return answer


def _is_utf8(content_type: str) -> bool:
    """Return whether a content type names no charset, or UTF-8 under any of its names."""
    try:
        _, parameters = parse_header_parameters(content_type)
        return codecs.lookup(parameters.get("charset", "utf-8")).name == "utf-8"
    except (LookupError, ValueError):
        return False
