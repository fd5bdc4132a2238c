"""Pictures similar to one: the "Visually similar" panel, and the Compare page."""

import logging
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from gallery import matching, parts
from gallery.access import visible_or_404
from gallery.clusters import ComparedCluster
from gallery.comparing import (
    GAINS,
    VIEWS,
    BitGrid,
    Comparison,
    FactRow,
    Method,
    Overlay,
    SideBySideForm,
    bit_grid,
    difference_grid,
    fact_rows,
    hash_distances,
    marked_hex,
)
from gallery.models import Image
from gallery.similar import SimilarPanel, SimilarPanelForm, same_pictures
from gallery.suggestions import preference_of
from gallery.web import HtmxRequest
from hashing.exceptions import Refusal
from hashing.fingerprints import Algorithm, PerceptualHash

logger = logging.getLogger("gallery")


class HashGrid(NamedTuple):
    """The bits of one hash drawn as a grid, and its hex digits, each with whether it differs."""

    name: str
    grid: BitGrid
    digits: list[tuple[str, bool]]


class HashStep(NamedTuple):
    """One compared hash of both pictures, and the grid of the bits that differ."""

    label: str
    grids: tuple[HashGrid, HashGrid]
    difference: BitGrid


@require_safe
@vary_on_headers("HX-Request")
def similar(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Show the panel as a page, or alone for the script that updates it."""
    image = visible_or_404(request.user, public_id)
    template = "gallery/partials/similar.html" if request.htmx else "gallery/similar.html"
    context = {"image": image, **panel_context(request, image)}
    return render(request, template, context)


@require_safe
def same(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """
    Show the copies of a picture, for a page that shows some of them while others are compared.

    The address says how many it shows; the answer is empty, with status 204, if nothing is new.
    """
    image = visible_or_404(request.user, public_id)
    context = {"image": image, **_same_context(request, image)}
    is_known = request.GET.get("shown") == str(len(context["same"]) + len(context["parts"]))
    if context["is_behind"] and is_known:
        return HttpResponse(status=204)
    return render(request, "gallery/partials/same.html", context)


@require_POST
@login_required
def seek_parts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the worker seek the parts of a picture again."""
    image = visible_or_404(request.user, public_id)
    parts.seek_again(image)
    return redirect(f"{image.get_absolute_url()}#similar")


@require_safe
def compare(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two pictures, the distances of their hashes, and how their files differ."""
    first = visible_or_404(request.user, public_id)
    second = visible_or_404(request.user, other_id)
    form = SideBySideForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    chosen = form.cleaned_data["by"]
    comparison = Comparison.of(first, second, form.cleaned_data["plain"])
    context = {
        "first": first,
        "second": second,
        "comparison": comparison,
        **_view(comparison, form.cleaned_data["view"], form.cleaned_data["gain"]),
        "is_plain": form.cleaned_data["plain"],
        "chosen": chosen,
        "similarity": chosen.similarity_of(first, second),
        "distances": hash_distances(comparison),
        "steps": _steps(chosen, first, second),
        **_facts(first, second),
        "cluster": _cluster(request, first, second),
        "shared": parts.shared_part(first, second),
        "back": request.GET.get("back", ""),
    }
    return render(request, "gallery/compare.html", context)


def _facts(first: Image, second: Image) -> dict[str, list[FactRow]]:
    facts = fact_rows(first, second)
    return {
        "differing": [row for row in facts if row.differs],
        "equal": [row for row in facts if not row.differs],
    }


def _cluster(request: HttpRequest, first: Image, second: Image) -> ComparedCluster | None:
    """Return the cluster of both pictures, if the visitor may decide on it."""
    user = request.user
    if not (user.is_staff and user.has_perm("gallery.review_duplicates")):
        return None
    return ComparedCluster.of(first, second, user, preference_of(request.session))


def panel_context(request: HttpRequest, image: Image) -> dict[str, Any]:
    """Return the context of the panel of `image`."""
    return {
        # First, because it raises BadRequest for a malformed address.
        "panel": panel(request, image),
        **_same_context(request, image),
    }


def _same_context(request: HttpRequest, image: Image) -> dict[str, Any]:
    """Return the copies of `image`, and whether there can be more."""
    # First, so that a match that is stored in between is not missed.
    is_behind = matching.is_unsettled() or parts.unsought().filter(pk=image.pk).exists()
    return {
        "is_behind": is_behind,
        "same": same_pictures(image, request.user),
        "parts": parts.shared_parts(image, request.user),
    }


def panel(request: HttpRequest, image: Image) -> SimilarPanel:
    """Return the pictures near `image` by the method and distance in the address."""
    form = SimilarPanelForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    data = form.cleaned_data
    return SimilarPanel(image, request.user, data["by"], data["max_distance"], data["all"])


def _view(comparison: Comparison, view: str, gain: int) -> dict[str, Any]:
    """Return the context of the view: side by side if the pictures cannot be overlaid."""
    overlay = Overlay.of(comparison)
    view = view if overlay else "side"
    names = list(VIEWS)
    shown: dict[str, Any] = {
        "view": view,
        "views": VIEWS,
        "next_view": names[(names.index(view) + 1) % len(names)],
        "overlay": overlay,
    }
    if overlay and view == "difference":
        shown |= {"gain": gain, "gains": GAINS, "difference": _difference(overlay)}
    return shown


def _difference(overlay: Overlay) -> str:
    """Return in words how much two pictures differ, or "" if the file of either is missing."""
    try:
        return overlay.difference().sentence
    except (Refusal, OSError, ValueError) as error:
        logger.warning("Cannot compare %s: %s", overlay.first.image.public_id, error)
        return ""


def _steps(chosen: Method, first: Image, second: Image) -> list[HashStep]:
    hashes = zip(chosen.algorithms, chosen.hashes(first), chosen.hashes(second), strict=False)
    return [
        HashStep(
            label=algorithm.label,
            grids=(
                _hash_grid("A", algorithm, a, b),
                _hash_grid("B", algorithm, b, a),
            ),
            difference=difference_grid(a, b),
        )
        for algorithm, a, b in hashes
    ]


def _hash_grid(
    name: str, algorithm: Algorithm, hash_: PerceptualHash, other: PerceptualHash
) -> HashGrid:
    label = f"{algorithm.label} hash of picture {name}"
    return HashGrid(name, bit_grid(hash_, label, other), marked_hex(hash_, other))
