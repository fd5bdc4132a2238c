"""Error responses: one sentence with the cause and the remedy, as a page or as JSON."""

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from gallery.conf import setting
from gallery.web import error_status, json_error, wants_json

# What Django raises while it reads the body of a request.
UNREADABLE = (TooManyFilesSent, RequestDataTooBig, TooManyFieldsSent, MultiPartParserError)


def error_response(request: HttpRequest, code: str, reason: str) -> HttpResponse:
    """Return an error in the form that the client prefers; `reason` is the sentence shown."""
    if wants_json(request):
        return json_error(code, reason)
    status = error_status(code)
    return render(request, f"{status}.html", {"reason": reason}, status=status)


def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the error for a body that is too large or incomplete; `error` is in UNREADABLE."""
    if isinstance(error, TooManyFilesSent):
        limit = setting("MAX_UPLOAD_FILES")
        reason = f"Too many files: more than {limit} at once. Send at most {limit} at a time."
        return error_response(request, "too_many_files", reason)
    if isinstance(error, RequestDataTooBig):
        return too_large(request)
    reason = "The request arrived incomplete. Try again."
    return error_response(request, "unreadable", reason)


def too_large(request: HttpRequest) -> HttpResponse:
    """Return the error for a body that is larger than all files together can be."""
    megabytes = setting("MAX_UPLOAD_BYTES") // 1024 // 1024
    reason = (
        f"Too much data at once (limit {megabytes} MB for each file). Send fewer or smaller files."
    )
    return error_response(request, "too_large", reason)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the error 400 with the message of `exception` if the gallery raised it."""
    if isinstance(exception, UNREADABLE):
        return unreadable(request, exception)
    reason = str(exception) if isinstance(exception, BadRequest) else ""
    return error_response(request, "bad_request", reason or "This request is not valid.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the error 403."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    fallback = "You do not have permission to do this."
    return error_response(request, "forbidden", reason or fallback)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the error 404, which is the same for hidden pictures as for missing ones."""
    # The exception is not shown: it can name what is hidden.
    reason = "This page may not exist, or you may not have access to it."
    return error_response(request, "not_found", reason)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the error for a form without a valid CSRF token."""
    explanation = (
        "This form was open too long, or your browser blocks cookies. "
        "Go back, reload the page and try again."
    )
    return error_response(request, "csrf", explanation)
