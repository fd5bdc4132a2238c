"""Search by picture: what is like this file, or like this hash?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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
from gallery.people import Visitor
from gallery.similar import MOST_CARDS, SamePicture, SearchForm, same_as
from gallery.uploads import accepted_types, decoded
from gallery.views import errors
from gallery.web import length, pause, sent_files, stranger, wants_json
from hashing.exceptions import Refusal
from hashing.fingerprints import Fingerprint, fingerprint

# What a form may weigh besides its file.
FORM_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Search:
    """
    One question and its answer, of pictures that `viewer` may see.

    `sent` is the picture that was sent, if it was one and not a hash.
    """

    viewer: Visitor
    subject: Fingerprint
    method: Method
    max_distance: int
    sent: Image | None = None

    @cached_property
    def same(self) -> list[SamePicture]:
        """The same picture as the one that was sent, however it was dressed."""
        visible = Image.objects.visible_to(self.viewer)
        return same_as(self.sent, visible) if self.sent else []

    @cached_property
    def results(self) -> list[Image]:
        """The pictures found, nearest first, each with `.distance`."""
        visible = Image.objects.visible_to(self.viewer)
        if self.subject.is_informative:
            return list(visible.similar_to(self.subject, self.method.name, self.max_distance))
        # The hashes of a flat picture say nothing: only equal contents are found.
        equal = list(visible.filter(content_digest=self.subject.content_digest))
        for image in equal:
            image.distance = 0
        return equal

    @property
    def cards(self) -> list[Image]:
        return self.results[:MOST_CARDS]

    @property
    def hash(self) -> str:
        """What was searched for, in hex."""
        return _joined(self.subject.hashes[entry.name].hex for entry in self.method.algorithms)

    def other_methods(self) -> list[tuple[Method, str, int]]:
        """Return the methods that the subject can be searched by too, with hash and distance."""
        return [
            (
                method,
                _joined(self.subject.hashes[entry.name].hex for entry in method.algorithms),
                min(self.max_distance, method.width),
            )
            for method in offered()
            if all(entry.name in self.subject.hashes for entry in method.algorithms)
        ]


# Exempt because a search changes nothing: whoever makes a visitor's browser search learns
# nothing and stores nothing. And programs can ask without fetching a token first.
@csrf_exempt
@vary_on_headers("Accept")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    # Before the body is read, because anyone may send one.
    if length(request) > setting("MAX_UPLOAD_BYTES") + FORM_BYTES:
        return errors.too_large(request)
    try:
        form = _form(request)
    except errors.UNREADABLE as error:
        return errors.unreadable(request, error)
    if request.method != "POST" and not form.is_asked and not wants_json(request):
        return _page(request, form=SearchForm())
    if not form.is_valid():
        return _complaint(request, form, "invalid", form.complaint)
    # Of a hash the answer costs next to nothing; a picture has to be decoded first.
    who, limit = stranger(request), setting("SEARCHES_PER_MINUTE")
    if form.cleaned_data.get("file") and who and (seconds := pause(f"search:{who}", limit)):
        return _too_many(request, form, limit, seconds)
    try:
        found = _search(request, form)
    except Refusal as refusal:
        return _complaint(request, form, refusal.code, refusal.message)
    if wants_json(request):
        return JsonResponse(_described(found))
    return _page(request, form=form, search=found)


def _form(request: HttpRequest) -> SearchForm:
    if request.method != "POST":
        return SearchForm(request.GET)
    files = sent_files(request)
    # Programs put the method and distance into the address as often as into the body.
    asked = {**request.GET.dict(), **request.POST.dict()}
    return SearchForm(asked, {"file": files[0]} if files else {})


def _search(request: HttpRequest, form: SearchForm) -> Search:
    asked = form.cleaned_data
    options = asked["by"], asked["max_distance"]
    if not asked.get("file"):
        return Search(request.user, asked["subject"], *options)
    picture = decoded(asked["file"])
    return Search(request.user, fingerprint(picture, COMPARED), *options, unstored(picture))


def _too_many(request: HttpRequest, form: SearchForm, limit: int, seconds: int) -> HttpResponse:
    reason = (
        f"Searches by picture are limited to {limit} a minute. "
        f"Wait {seconds} second{pluralize(seconds)}, then send the picture again."
    )
    response = _complaint(request, form, "too_many_searches", reason, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _complaint(
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


def _described(search: Search) -> dict[str, Any]:
    """Return the answer for programs."""
    subject = search.subject
    return {
        "query": {
            "hashes": {name: hash_.hex for name, hash_ in subject.hashes.items()},
            "by": search.method.name,
            "max_distance": search.max_distance,
            "is_informative": subject.is_informative,
        },
        "same": [{**_where(one.image), **one.description} for one in search.same],
        "results": [_result(search.method, image) for image in search.results],
    }


def _where(image: Image) -> dict[str, str]:
    return {
        "id": str(image.public_id),
        "url": image.get_absolute_url(),
        "path": image.source or image.original_name,
    }


def _result(method: Method, image: Image) -> dict[str, Any]:
    hashes = method.hashes(image)
    return {
        **_where(image),
        "distance": image.distance,
        "hash": _joined(hash_.hex for hash_ in hashes),
        "bits": _joined(hash_.bits for hash_ in hashes),
    }


def _joined(parts: Any) -> str:
    return "+".join(parts)
