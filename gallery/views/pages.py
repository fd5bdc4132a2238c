"""Pages about the site, and what browsers and robots request from every site."""

from typing import NamedTuple

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from gallery.conf import setting
from gallery.context_processors import THEMES

MEANINGS = {
    "almost identical": "The same picture, resized or saved again",
    "very similar": "The same picture with changes: a caption, a filter, a small crop",
    "similar": "Worth a look: strong changes, or another picture of the same kind",
    "different": "Coincidence: two unrelated pictures differ by about 32 bits",
}

A_YEAR = 365 * 24 * 60 * 60  # seconds


class SimilarityBand(NamedTuple):
    """The distances of a 64-bit hash, inclusive, for which one word is used."""

    low: int
    high: int
    word: str
    meaning: str


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what the gallery does, and list the keyboard shortcuts."""
    return render(request, "gallery/about.html")


@require_safe
def about_fingerprints(request: HttpRequest) -> HttpResponse:
    """Explain perceptual hashes."""
    return render(request, "gallery/about_fingerprints.html", {"bands": _bands()})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set the theme in a cookie, and go back to the page."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise BadRequest(f"The theme must be one of: {', '.join(THEMES)}.")
    # Not redirect(), which takes an address without a slash for the name of a view.
    response = HttpResponseRedirect(next_url(request))
    response.set_cookie("theme", chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots index pictures, but not searches: they are expensive and nobody reads them."""
    closed = ["gallery:search", "gallery:upload", "login", "admin:index"]
    lines = ["User-agent: *", *(f"Disallow: {reverse(name)}" for name in closed)]
    lines += ["Disallow: /i/*/similar/", "Disallow: /i/*/compare/"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the icon, for pages that do not name it, such as the admin's."""
    return redirect(static("gallery/favicon.svg"))


def _bands() -> list[SimilarityBand]:
    bands, low = [], 0
    for share, word in setting("SIMILARITY"):
        high = int(64 * share)
        bands.append(SimilarityBand(low, high, word, MEANINGS.get(word, "")))
        low = high + 1
    return bands


def next_url(request: HttpRequest) -> str:
    """Return the address on this site that the form field `next` names; by default the gallery."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if is_ours and target.startswith("/") else reverse("gallery:index")
