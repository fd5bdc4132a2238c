"""Middleware: explain wrong HTTP methods."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from gallery.views import errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def explain_wrong_method(get_response: GetResponse) -> GetResponse:
    """Replace Django's empty answer to a wrong HTTP method by one that explains it."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        reason = (
            f"This address does not accept {request.method} requests. "
            "Go back and use the buttons on the page."
        )
        explained = errors.error_response(request, "method_not_allowed", reason)
        explained["Allow"] = response["Allow"]
        return explained

    return answer
