"""Pictures in rows: all of them, those of a tag, those of an album."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from gallery.conf import setting
from gallery.library import SIZES, SORTS, ListingForm, Origin, Shelf, shown_to, with_covers
from gallery.matching import count_same
from gallery.models import Album, Image, Tag
from gallery.querysets import ImageQuerySet
from gallery.web import grid_shortcuts, page


@require_safe
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """All pictures that the visitor may see."""
    return _rows(request, Image.objects.visible_to(request.user), heading="Gallery")


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/tags.html", {"tags": shown_to(request.user, Tag)})


@require_safe
def albums(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/albums.html", {"albums": with_covers(request.user, Album)})


@require_safe
@vary_on_headers("HX-Request")
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    return _shelf(request, Tag, slug)


@require_safe
@vary_on_headers("HX-Request")
def album(request: HttpRequest, slug: str) -> HttpResponse:
    return _shelf(request, Album, slug)


def _shelf(request: HttpRequest, model: type[Shelf], slug: str) -> HttpResponse:
    if "\0" in slug:  # PostgreSQL refuses to be asked for it
        raise Http404("No name has such a character.")
    # One without a picture that the visitor may see is not found: its name may be private too.
    shelf = get_object_or_404(shown_to(request.user, model), slug=slug)
    pictures = shelf.images.visible_to(request.user)
    kind = model._meta.model_name
    return _rows(request, pictures, heading=shelf.name, kind=kind, shelf=shelf)


def _rows(request: HttpRequest, pictures: ImageQuerySet, **context: Any) -> HttpResponse:
    form = ListingForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.complaint)
    listing = form.listing()
    found = listing.of(pictures)
    size = setting("PAGE_SIZE") * listing.parts
    shown = page(found, listing.order, size, listing.after, listing.before)
    count_same(shown.items, request.user)
    shelf = {context["kind"]: context["shelf"].slug} if "shelf" in context else {}
    context |= {
        "listing": listing,
        "origin": Origin(q=listing.q, sort=listing.sort, **shelf).query,
        "sorts": SORTS,
        "sizes": SIZES,
        "page": shown,
        "shortcuts": grid_shortcuts,
        "count": found.count,  # asked only by the whole page
    }
    # htmx asks for more rows of a page that it already has.
    template = "gallery/partials/rows.html" if request.htmx else "gallery/index.html"
    return render(request, template, context)
