"""Pages about the site, and what browsers and probes ask of every site."""

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
    "near-identical": "The same picture, resized or saved again",
    "very similar": "The same picture with changes: a caption, a filter, a small crop",
    "similar": "Worth a look: strong changes, or another picture of the same kind",
    "different": "Chance: two unrelated pictures differ in about 32 bits",
}

A_YEAR = 365 * 24 * 60 * 60


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/about.html")


@require_safe
def about_fingerprints(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/about_fingerprints.html", {"bands": _bands()})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the visitor's theme in a cookie that every page reads; without it the system's rules."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise BadRequest(f"The theme must be one of: {', '.join(THEMES)}.")
    # Not by redirect(), which takes what is no path for the name of an address.
    response = HttpResponseRedirect(way_back(request))
    response.set_cookie("theme", chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Robots may look at pictures; searches for look-alikes are work that nobody reads."""
    closed = ["gallery:search", "gallery:upload", "login", "admin:index"]
    lines = ["User-agent: *", *(f"Disallow: {reverse(name)}" for name in closed)]
    lines += ["Disallow: /i/*/similar/", "Disallow: /i/*/compare/"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon, for pages that do not name it, such as the admin's."""
    return redirect(static("gallery/favicon.svg"))


def _bands() -> list[tuple[int, int, str, str]]:
    """Return from and to how many bits of 64 each word is said, and what it usually means."""
    bands, start = [], 0
    for share, word in setting("LIKENESS"):
        end = int(64 * share)
        bands.append((start, end, word, MEANINGS.get(word, "")))
        start = end + 1
    return bands


def way_back(request: HttpRequest) -> str:
    """Return the address of this site that a form names as `next`; without one the gallery."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if is_ours and target.startswith("/") else reverse("gallery:index")
