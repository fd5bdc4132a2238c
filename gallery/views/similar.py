"""What looks like a picture: the panel, and two pictures side by side."""

import logging
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from gallery import matching
from gallery.access import visible_or_404
from gallery.clusters import ComparedCluster
from gallery.comparing import (
    GAINS,
    VIEWS,
    Comparison,
    Method,
    Row,
    SideBySideForm,
    Stage,
    bit_grid,
    difference_grid,
    hash_distances,
    marked_hex,
    rows,
)
from gallery.models import Image
from gallery.similar import Neighbourhood, NeighbourhoodForm, same_pictures
from gallery.suggestions import preference_of
from gallery.web import compare_shortcuts
from hashing.exceptions import Refusal

logger = logging.getLogger("gallery")


@require_safe
@vary_on_headers("HX-Request")
def similar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The panel as a page of its own, or alone for the script that renews it."""
    image = visible_or_404(request.user, public_id)
    template = "gallery/partials/similar.html" if request.htmx else "gallery/similar.html"
    context = {"image": image, **looks_like(request, image)}
    return render(request, template, context)


@require_safe
def compare(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Two pictures, what their hashes say of them, and how their files differ."""
    first = visible_or_404(request.user, public_id)
    second = visible_or_404(request.user, other_id)
    form = SideBySideForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.complaint)
    chosen = form.cleaned_data["by"]
    comparison = Comparison.of(first, second, form.cleaned_data["plain"])
    context = {
        "first": first,
        "second": second,
        "shortcuts": compare_shortcuts(),
        "comparison": comparison,
        **_view(comparison, form.cleaned_data["view"], form.cleaned_data["gain"]),
        "is_plain": form.cleaned_data["plain"],
        "chosen": chosen,
        "likeness": chosen.likeness_of(first, second),
        "distances": hash_distances(comparison),
        "steps": _steps(chosen, first, second),
        **_facts(first, second),
        "cluster": _cluster(request, first, second),
        "back": request.GET.get("back", ""),
    }
    return render(request, "gallery/compare.html", context)


def _facts(first: Image, second: Image) -> dict[str, list[Row]]:
    found = rows(first, second)
    return {
        "differing": [row for row in found if row.differs],
        "equal": [row for row in found if not row.differs],
    }


def _cluster(request: HttpRequest, first: Image, second: Image) -> ComparedCluster | None:
    """Return the cluster of both, if the visitor may decide about it."""
    user = request.user
    if not (user.is_staff and user.has_perm("gallery.review_duplicates")):
        return None
    return ComparedCluster.of(first, second, user, preference_of(request.session))


def looks_like(request: HttpRequest, image: Image) -> dict[str, Any]:
    """Return what the panel of `image` shows."""
    return {
        # First, because it may refuse what the address asks for.
        "neighbourhood": neighbourhood(request, image),
        "is_behind": matching.catch_up([image.pk]) > 0,
        "same": same_pictures(image, request.user),
    }


def neighbourhood(request: HttpRequest, image: Image) -> Neighbourhood:
    """Return what lies around `image` by the method and distance in the address."""
    form = NeighbourhoodForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.complaint)
    asked = form.cleaned_data
    return Neighbourhood(image, request.user, asked["by"], asked["max_distance"], asked["all"])


def _view(comparison: Comparison, view: str, gain: int) -> dict[str, Any]:
    """Return how the pictures are shown: side by side, if they cannot be laid over each other."""
    stage = Stage.of(comparison)
    shown: dict[str, Any] = {"view": view if stage else "side", "views": VIEWS, "stage": stage}
    if stage and view == "difference":
        shown |= {"gain": gain, "gains": GAINS, "difference": _difference(stage)}
    return shown


def _difference(stage: Stage) -> str:
    """Say how much two pictures differ; nothing if the file of either is missing."""
    try:
        return stage.difference().sentence
    except (Refusal, OSError, ValueError) as error:
        logger.warning("Cannot compare %s: %s", stage.first.image.public_id, error)
        return ""


def _steps(chosen: Method, first: Image, second: Image) -> list[dict]:
    """Return, for each hash that is compared, its grids and digits."""
    pairs = zip(chosen.algorithms, chosen.hashes(first), chosen.hashes(second), strict=False)
    return [
        {
            "label": algorithm.label,
            "grids": (
                ("A", bit_grid(a, f"{algorithm.label} hash of picture A", b), marked_hex(a, b)),
                ("B", bit_grid(b, f"{algorithm.label} hash of picture B", a), marked_hex(b, a)),
            ),
            "difference": difference_grid(a, b),
        }
        for algorithm, a, b in pairs
    ]
