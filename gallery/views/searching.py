"""Search by picture: upload a picture, or enter a hash, to find similar ones."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.defaultfilters import pluralize
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from gallery.comparing import COMPARED, Method, offered
from gallery.conf import setting
from gallery.files import unstored
from gallery.models import Image
from gallery.similar import PictureSearch, SearchForm, SearchResult
from gallery.uploads import accepted_types, decoded
from gallery.verification import preview_of
from gallery.views import errors
from gallery.web import (
    content_length,
    limited_client,
    seconds_to_wait,
    uploaded_files,
    wants_json,
)
from hashing.exceptions import Refusal
from hashing.fingerprints import fingerprint

# The part of a body that is not the file.
FORM_BYTES = 1024 * 1024


# Exempt because a search changes nothing: a forged request neither reveals nor stores anything.
# And programs need not fetch a token first.
@csrf_exempt
@vary_on_headers("Accept")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Show the form; search for what was sent, and answer with a page or with JSON."""
    # Checked before the body is read, because anyone can send one.
    if content_length(request) > setting("MAX_UPLOAD_BYTES") + FORM_BYTES:
        return errors.too_large(request)
    try:
        form = _form(request)
    except errors.UNREADABLE as error:
        return errors.unreadable(request, error)
    if request.method != "POST" and not form.is_asked and not wants_json(request):
        return _page(request, form=SearchForm())
    if not form.is_valid():
        return _refused(request, form, "invalid", form.error_text)
    return _rate_limited(request, form) or _results(request, form)


def _form(request: HttpRequest) -> SearchForm:
    if request.method != "POST":
        return SearchForm(request.GET)
    files = uploaded_files(request)
    # Programs put the method and distance into the address as often as into the body.
    data = {**request.GET.dict(), **request.POST.dict()}
    return SearchForm(data, {"file": files[0]} if files else {})


def _rate_limited(request: HttpRequest, form: SearchForm) -> HttpResponse | None:
    """Return an error if the client has to wait; searches by hash are cheap and not limited."""
    client, limit = limited_client(request), setting("SEARCHES_PER_MINUTE")
    if not (form.cleaned_data.get("file") and client):
        return None
    if not (seconds := seconds_to_wait(f"search:{client}", limit)):
        return None
    reason = (
        f"Too many searches by picture (limit {limit} a minute). "
        f"Wait {seconds} second{pluralize(seconds)} and try again."
    )
    response = _refused(request, form, "too_many_searches", reason, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _results(request: HttpRequest, form: SearchForm) -> HttpResponse:
    try:
        search = _search(request, form)
    except Refusal as refusal:
        return _refused(request, form, refusal.code, refusal.message)
    if wants_json(request):
        return JsonResponse(_search_json(search))
    return _page(request, form=form, search=search)


def _search(request: HttpRequest, form: SearchForm) -> PictureSearch:
    data = form.cleaned_data
    options = data["by"], data["max_distance"]
    if not data.get("file"):
        return PictureSearch(request.user, data["subject"], *options)
    picture = decoded(data["file"])
    subject = fingerprint(picture, COMPARED)
    preview = preview_of(picture)
    return PictureSearch(request.user, subject, *options, unstored(picture), preview)


def _refused(
    request: HttpRequest, form: SearchForm, code: str, reason: str, status: int = 422
) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"results": [], "code": code, "reason": reason}, status=status)
    return _page(request, status=status, form=form, complaint=reason)


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    context |= {
        "methods": offered(),
        "accept": accepted_types(),
        "max_bytes": setting("MAX_UPLOAD_BYTES"),
    }
    return render(request, "gallery/search.html", context, status=status)


def _search_json(search: PictureSearch) -> dict[str, Any]:
    """Return the answer for programs."""
    subject = search.subject
    return {
        "query": {
            "hashes": {name: hash_.hex for name, hash_ in subject.hashes.items()},
            "by": search.method.name,
            "max_distance": search.max_distance,
            "is_informative": subject.is_informative,
        },
        "same": [{**_image_json(same.image), **same.facts} for same in search.same],
        "results": [_result_json(search.method, result) for result in search.results],
    }


def _image_json(image: Image) -> dict[str, str]:
    return {
        "id": str(image.public_id),
        "url": image.get_absolute_url(),
        "path": image.source or image.original_name,
    }


def _result_json(method: Method, result: SearchResult) -> dict[str, Any]:
    hashes = method.hashes(result.image)
    return {
        **_image_json(result.image),
        "distance": result.similarity.distance,
        "hash": "+".join(hash_.hex for hash_ in hashes),
        "bits": "+".join(hash_.bits for hash_ in hashes),
    }
