"""Uploading pictures, for browsers with and without scripts and for programs."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from gallery.access import exact_copies
from gallery.comparing import IDENTICAL_FILE, SAME_PIXELS, method, remark
from gallery.conf import setting
from gallery.library import visible_collections
from gallery.models import Album, Image, Tag
from gallery.people import Member
from gallery.templatetags.pictures import rendition_url
from gallery.uploads import (
    MOST_COPIES,
    LookAlike,
    LookupForm,
    Outcome,
    UploadForm,
    accepted_types,
    already_here,
    receive,
)
from gallery.views import errors
from gallery.web import content_length, json_error, uploaded_files, wants_json
from hashing.conf import setting as hashing_setting
from hashing.pictures import format_labels


# Exempt only so that the checks come before the token is read: reading it would receive the
# whole body, also from anonymous visitors. `_with_token` requires the token.
@csrf_exempt
@vary_on_headers("Accept")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Show the form; store the uploaded files, and answer with a page or with JSON."""
    if not request.user.is_authenticated:
        return _log_in_first(request)
    if content_length(request) > setting("MAX_UPLOAD_BYTES") * setting("MAX_UPLOAD_FILES"):
        return errors.too_large(request)
    try:
        return _with_token(request, request.user)
    except errors.UNREADABLE as error:
        return errors.unreadable(request, error)


@csrf_protect
def _with_token(request: HttpRequest, user: Member) -> HttpResponse:
    if request.method != "POST":
        return _page(request, UploadForm(), status=200)
    form = UploadForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, form.error_text)
    files = uploaded_files(request)
    if not files:
        return _refused(request, form, "No file was sent. Choose one or more pictures.")
    known = form.cleaned_data["known_copies"] or 0
    outcomes = [receive(file, user, form.details(), known) for file in files]
    if wants_json(request):
        results = [_outcome_json(outcome) for outcome in outcomes]
        return JsonResponse({"results": results}, status=_status(outcomes))
    return _page(request, form, status=_status(outcomes), outcomes=outcomes)


@never_cache
@require_safe
def lookup(request: HttpRequest) -> HttpResponse:
    """Return as JSON the copies of a file, by its digest, that the visitor has access to."""
    form = LookupForm(request.GET)
    if not form.is_valid():
        answer = {"results": [], "code": "bad_digest", "reason": form.error_text}
        return JsonResponse(answer, status=400)
    copies = exact_copies(request.user, form.cleaned_data["sha256"])[:MOST_COPIES]
    outcomes = [already_here("", image, request.user) for image in copies]
    known = sum(outcome.code in ("duplicate", "in_trash") for outcome in outcomes)
    results = [_outcome_json(outcome) for outcome in outcomes]
    return JsonResponse({"results": results, "known_copies": known})


def _log_in_first(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        reason = "Only members can upload pictures. Log in and try again."
        return json_error("login_required", reason)
    return redirect_to_login(request.get_full_path())


def _refused(request: HttpRequest, form: UploadForm, reason: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"results": [], "code": "invalid", "reason": reason}, status=422)
    return _page(request, form, status=422, complaint=reason)


def _page(request: HttpRequest, form: UploadForm, status: int, **context: Any) -> HttpResponse:
    context |= {
        "form": form,
        "known_tags": visible_collections(request.user, Tag),
        "known_albums": visible_collections(request.user, Album),
        "max_bytes": setting("MAX_UPLOAD_BYTES"),
        "max_files": setting("MAX_UPLOAD_FILES"),
        "max_megapixels": hashing_setting("MAX_PIXELS") // 1_000_000,
        "formats": format_labels(),
        "accept": accepted_types(),
        "method": method(),
    }
    return render(request, "gallery/upload.html", context, status=status)


def _status(outcomes: list[Outcome]) -> int:
    statuses = {outcome.status for outcome in outcomes}
    if "stored" in statuses:
        return 201
    return 422 if "rejected" in statuses else 200


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return the result of one file, for programs."""
    result: dict[str, Any] = {
        "name": outcome.name,
        "status": outcome.status,
        "id": None,
        "url": None,
        "similar": [],
        "code": outcome.code,
        "reason": outcome.reason,
    }
    if outcome.image:
        result |= {
            "id": str(outcome.image.public_id),
            "url": outcome.image.get_absolute_url(),
            "thumbnail": rendition_url(outcome.image, 320),
            "similar": [_similar_json(outcome.image, other) for other in outcome.similar],
        }
        if outcome.code == "in_trash":
            result["restore"] = reverse("gallery:restore", args=[outcome.image.public_id])
    return result


def _similar_json(image: Image, look_alike: LookAlike) -> dict[str, Any]:
    other, same = look_alike.image, look_alike.same
    similarity, difference = method().similarity(look_alike.distance), remark(image, other)
    is_exact = difference in (IDENTICAL_FILE, SAME_PIXELS)
    badge = same.badge if same else difference.capitalize() if is_exact else similarity.badge
    return {
        "id": str(other.public_id),
        "distance": look_alike.distance,
        "url": other.get_absolute_url(),
        "title": other.title or other.alt,
        "thumbnail": rendition_url(other, 320),
        "badge": badge,
        "sentence": same.sentence if same else similarity.sentence,
        "kind": "exact" if same or is_exact else similarity.slug,
        "difference": difference,
        "same": same.facts if same else None,
        "compare": reverse("gallery:compare", args=[image.public_id, other.public_id]),
    }
