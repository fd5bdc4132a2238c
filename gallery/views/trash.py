"""The page of the trash, and emptying it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Sum
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_http_methods, require_safe

from gallery.access import restorable_by
from gallery.conf import setting
from gallery.library import ListingForm, purge, trashed_until
from gallery.people import Member
from gallery.web import (
    MemberRequest,
    SortOrder,
    json_error,
    keyset_page,
    no_login_for_programs,
    wants_json,
)

NEWEST = SortOrder(("-trashed_at", "-id"))
# To delete more pictures than this, people have to type their number, so it is no accident.
MAX_UNTYPED = 20


@require_safe
@login_required
def trashed(request: MemberRequest) -> HttpResponse:
    """List the pictures in the trash that the member can restore."""
    form = ListingForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    listing = form.listing()
    pictures = restorable_by(request.user).select_related("owner")
    context = {
        "page": keyset_page(pictures, NEWEST, setting("PAGE_SIZE"), listing.after, listing.before),
        "days": setting("TRASH_DAYS"),
        "may_purge": may_purge(request.user),
    }
    return render(request, "gallery/trash.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@no_login_for_programs
@login_required
def empty(request: MemberRequest) -> HttpResponse:
    """Ask whether to delete everything the member sees in the trash permanently, and do it."""
    if not may_purge(request.user):
        raise PermissionDenied("You do not have permission to empty the trash.")
    moment = _moment(request.POST.get("until", "")) or timezone.now()
    pictures = trashed_until(restorable_by(request.user), moment)
    count = pictures.count()
    complaint = _complaint(request, count) if request.method == "POST" else ""
    if request.method == "POST" and not complaint:
        # Pictures trashed after the question was shown are not part of it.
        return _emptied(request, purge(pictures, request.user))
    if complaint and wants_json(request):
        return json_error("invalid", complaint)
    context = {
        "count": count,
        "bytes": pictures.aggregate(size=Sum("byte_size"))["size"] or 0,
        "until": moment.isoformat(),
        "must_type": count > MAX_UNTYPED,
        "complaint": complaint,
    }
    return render(request, "gallery/empty_trash.html", context, status=422 if complaint else 200)


def _emptied(request: MemberRequest, count: int) -> HttpResponse:
    sentence = f"Permanently deleted {count} picture{pluralize(count)}."
    if wants_json(request):
        return JsonResponse({"told": sentence, "deleted": count})
    messages.success(request, sentence)
    return redirect("gallery:trash")


def may_purge(user: Member) -> bool:
    """Tell whether `user` can delete pictures permanently."""
    return user.has_perm("gallery.purge_trash")


def _complaint(request: MemberRequest, count: int) -> str:
    if _moment(request.POST.get("until", "")) is None:
        return "Nothing was deleted, because the form was incomplete. Confirm again."
    if count > MAX_UNTYPED and request.POST.get("count", "").strip() != str(count):
        return f"Nothing was deleted. To delete {count} pictures permanently, enter {count}."
    return ""


def _moment(text: str) -> datetime | None:
    """Return the time in ISO format that `text` is; None if it is malformed."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and is_aware(moment) else None
    except (ValueError, OverflowError):  # the latter at both ends of the calendar
        return None
