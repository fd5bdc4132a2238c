"""Who asks: a browser that shows pages, or a program that reads JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse

# Error codes for programs, of the web and of domain exceptions; others mean a bad request.
ERROR_STATUSES = {"bad_request": 400, "not_found": 404, "conflict": 409}


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the caller prefers JSON; whoever takes anything gets a page."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def refusal(code: str, reason: str, status: int) -> JsonResponse:
    """Tell a program why nothing was done: the code stays the same, the reason is for people."""
    return JsonResponse({"code": code, "reason": reason}, status=status)


def error_status(code: str) -> int:
    """Return the HTTP status of an error code."""
    return ERROR_STATUSES.get(code, 400)


def no_login_for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let `view` answer programs 401 or 403 where it leads people to a login page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not (wants_json(request) and _leads_to_login(response)):
            return response
        if request.user.is_authenticated:
            raise PermissionDenied
        reason = "You are not logged in. Log in and send it again."
        return refusal("login_required", reason, 401)

    return guarded


def _leads_to_login(response: HttpResponse) -> bool:
    pages = (reverse("admin:login"), resolve_url(settings.LOGIN_URL))
    is_redirect = isinstance(response, HttpResponseRedirect)
    return is_redirect and response.url.partition("?")[0] in pages
