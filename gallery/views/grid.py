"""The grid of all pictures, of a tag or of an album; and the lists of tags and albums."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from gallery.conf import setting
from gallery.library import (
    SIZES,
    SORTS,
    ListingForm,
    SomeCollection,
    SourceList,
    album_covers,
    visible_collections,
)
from gallery.matching import copy_counts
from gallery.models import Album, Image, Tag
from gallery.querysets import ImageQuerySet
from gallery.web import HtmxRequest, keyset_page


@require_safe
@vary_on_headers("HX-Request")
def index(request: HtmxRequest) -> HttpResponse:
    """Show all pictures that the visitor has access to."""
    pictures = Image.objects.visible_to(request.user)
    return _grid(request, pictures, SourceList(), heading="Gallery")


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """List the tags of pictures that the visitor has access to."""
    context = {"tags": visible_collections(request.user, Tag)}
    return render(request, "gallery/tags.html", context)


@require_safe
def albums(request: HttpRequest) -> HttpResponse:
    """List the albums that the visitor has access to, with their newest pictures."""
    return render(request, "gallery/albums.html", {"albums": album_covers(request.user)})


@require_safe
@vary_on_headers("HX-Request")
def tag(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show the pictures with a tag."""
    shown = _visible_or_404(request, Tag, slug)
    pictures = shown.images.visible_to(request.user)
    context = {"heading": shown.name, "kind": "tag", "collection": shown}
    return _grid(request, pictures, SourceList(tag=slug), **context)


@require_safe
@vary_on_headers("HX-Request")
def album(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show the pictures of an album."""
    shown = _visible_or_404(request, Album, slug)
    pictures = shown.images.visible_to(request.user)
    context = {"heading": shown.name, "kind": "album", "collection": shown}
    return _grid(request, pictures, SourceList(album=slug), **context)


def _visible_or_404(request: HttpRequest, model: type[SomeCollection], slug: str) -> SomeCollection:
    """Return a tag or album with a visible picture: other names can be private too."""
    if "\0" in slug:  # PostgreSQL raises an error for it
        raise Http404("No name contains this character.")
    return get_object_or_404(visible_collections(request.user, model), slug=slug)


def _grid(
    request: HtmxRequest, pictures: ImageQuerySet, source: SourceList, **context: Any
) -> HttpResponse:
    form = ListingForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    listing = form.listing()
    matching = listing.matching(pictures)
    size = setting("PAGE_SIZE") * listing.parts
    page = keyset_page(matching, listing.order, size, listing.after, listing.before)
    context |= {
        "listing": listing,
        "origin": replace(source, q=listing.q, sort=listing.sort).query,
        "sorts": SORTS,
        "sizes": SIZES,
        "page": page,
        "copy_counts": copy_counts(page.items, request.user),
        "count": matching.count,  # evaluated only by the whole page
    }
    # htmx asks for more rows of a page that is already shown.
    template = "gallery/partials/rows.html" if request.htmx else "gallery/index.html"
    return render(request, template, context)
