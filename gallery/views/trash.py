"""Pictures that were thrown away and can still be taken back, or be deleted for ever."""

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_http_methods, require_safe

from gallery.access import restorable_by
from gallery.conf import setting
from gallery.library import ListingForm, purge, trashed_until
from gallery.people import Member
from gallery.web import Order, no_login_for_programs, page, refusal, wants_json

NEWEST = Order(("-trashed_at", "-id"))
# Of more pictures than these the number has to be typed, so that nobody deletes them in passing.
MOST_UNTYPED = 20


@require_safe
@login_required
def trashed(request: HttpRequest) -> HttpResponse:
    form = ListingForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.complaint)
    listing = form.listing()
    pictures = restorable_by(request.user).select_related("owner")
    context = {
        "page": page(pictures, NEWEST, setting("PAGE_SIZE"), listing.after, listing.before),
        "days": setting("TRASH_DAYS"),
        "may_purge": may_purge(request.user),
    }
    return render(request, "gallery/trash.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@no_login_for_programs
@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """Ask whether all that the visitor sees in the trash shall go for ever, and do it."""
    if not may_purge(request.user):
        raise PermissionDenied("Deleting for ever takes a permission that you do not have.")
    moment = _moment(request.POST.get("until", "")) or timezone.now()
    pictures = trashed_until(restorable_by(request.user), moment)
    count = pictures.count()
    complaint = _complaint(request, count) if request.method == "POST" else ""
    if request.method == "POST" and not complaint:
        # What went to the trash after the question was asked is not part of the answer.
        return _emptied(request, purge(pictures, request.user))
    if complaint and wants_json(request):
        return refusal("invalid", complaint, 422)
    context = {
        "count": count,
        "bytes": pictures.aggregate(size=Sum("byte_size"))["size"] or 0,
        "until": moment.isoformat(),
        "must_type": count > MOST_UNTYPED,
        "complaint": complaint,
    }
    return render(request, "gallery/empty_trash.html", context, status=422 if complaint else 200)


def _emptied(request: HttpRequest, count: int) -> HttpResponse:
    told = f"Deleted for ever: {count}."
    if wants_json(request):
        return JsonResponse({"told": told, "deleted": count})
    messages.success(request, told)
    return redirect("gallery:trash")


def may_purge(user: Member) -> bool:
    return user.has_perm("gallery.purge_trash")


def _complaint(request: HttpRequest, count: int) -> str:
    if _moment(request.POST.get("until", "")) is None:
        return "Nothing was deleted: the form was incomplete. Look at what would go, and confirm."
    if count > MOST_UNTYPED and request.POST.get("count", "").strip() != str(count):
        return f"Nothing was deleted. To delete {count} pictures for ever, type {count}."
    return ""


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and is_aware(moment) else None
    except (ValueError, OverflowError):  # the latter for the first and the last day there are
        return None
