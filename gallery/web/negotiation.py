"""Content negotiation: pages for browsers, JSON for programs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse

Request = TypeVar("Request", bound=HttpRequest)
Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[Request, Arguments], HttpResponse]

# Error codes for programs; other codes mean a bad request.
ERROR_STATUSES = {
    "bad_request": 400,
    "unreadable": 400,
    "login_required": 401,
    "csrf": 403,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "too_large": 413,
    "too_many_files": 413,
    "invalid": 422,
}


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the client prefers JSON; one that accepts anything gets a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def json_error(code: str, reason: str) -> JsonResponse:
    """Return an error as JSON: a `code` that never changes, and a `reason` for people."""
    return JsonResponse({"code": code, "reason": reason}, status=error_status(code))


def error_status(code: str) -> int:
    """Return the HTTP status of an error code, of the web or of a domain exception."""
    return ERROR_STATUSES.get(code, 400)


def no_login_for_programs(view: View[Request, Arguments]) -> View[Request, Arguments]:
    """Make `view` answer programs with 401 or 403 where it redirects people to a login page."""

    @wraps(view)
    def guarded(
        request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not (wants_json(request) and _redirects_to_login(response)):
            return response
        if request.user.is_authenticated:
            raise PermissionDenied
        return json_error("login_required", "You are not logged in. Log in and try again.")

    return guarded


def _redirects_to_login(response: HttpResponse) -> bool:
    login_pages = (reverse("admin:login"), resolve_url(settings.LOGIN_URL))
    return (
        isinstance(response, HttpResponseRedirect) and response.url.partition("?")[0] in login_pages
    )
