"""Answers when something is wrong: a sentence with cause and remedy, as a page or as JSON."""

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
from gallery.web import refusal, wants_json

# What Django raises while it reads the body of a request.
UNREADABLE = (TooManyFilesSent, RequestDataTooBig, TooManyFieldsSent, MultiPartParserError)


def refused(request: HttpRequest, status: int, code: str, reason: str) -> HttpResponse:
    """Answer with `status` and the sentence `reason`, in the form that the caller reads."""
    if wants_json(request):
        return refusal(code, reason, status)
    return render(request, f"{status}.html", {"reason": reason}, status=status)


def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a body that was too much, or that broke off."""
    if isinstance(error, TooManyFilesSent):
        limit = setting("MAX_UPLOAD_FILES")
        reason = f"More than {limit} files came at once. Send at most {limit} at a time."
        return refused(request, 413, "too_many_files", reason)
    if isinstance(error, RequestDataTooBig):
        return too_large(request)
    reason = "What your browser sent could not be read to its end. Try again."
    return refused(request, 400, "unreadable", reason)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body that is larger than all that may be sent at once."""
    megabytes = setting("MAX_UPLOAD_BYTES") // 1024 // 1024
    reason = (
        f"That is too much at once. A file may have {megabytes} MB; send fewer or smaller ones."
    )
    return refused(request, 413, "too_large", reason)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, UNREADABLE):
        return unreadable(request, exception)
    reason = str(exception) if isinstance(exception, BadRequest) else ""
    return refused(request, 400, "bad_request", reason or "This request makes no sense here.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return refused(request, 403, "forbidden", reason or "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    # The exception may name what was looked for; the page is the same for what is hidden.
    reason = "There is nothing at this address that you may see."
    return refused(request, 404, "not_found", reason)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    explanation = (
        "This form was open too long, or your browser keeps no cookies. "
        "Go back, reload the page and send it again."
    )
    return refused(request, 403, "csrf", explanation)
