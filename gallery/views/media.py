"""Files of pictures: the original to download, and its renditions to look at."""

import logging
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from gallery.access import restorable_by, visible_or_404
from gallery.comparing import Comparison, SideBySideForm, Stage
from gallery.files import (
    CONTENT_TYPE,
    SIZES,
    encoded,
    open_rendition,
    rendition_sizes,
    without_location,
)
from gallery.models import Image
from gallery.uploads import CONTENT_TYPES
from hashing.exceptions import Refusal

logger = logging.getLogger("gallery")

A_YEAR = 365 * 24 * 60 * 60


@require_safe
def original(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """
    The file as it was sent, for download; whatever is in it, no browser runs it here.

    Others than the owner get it without the place where it was taken, unless the owner shares it.
    """
    image = visible_or_404(request.user, public_id)
    is_owner = request.user.is_authenticated and image.owner_id == request.user.pk
    is_whole = is_owner or image.shares_location
    etag = quote_etag(image.sha256 if is_whole else f"{image.sha256}-unplaced")
    # Answered before the file is opened: a caller that has it need not wait for the storage.
    response = get_conditional_response(request, etag=etag) or FileResponse(
        _opened(image) if is_whole else BytesIO(_unplaced(image)),
        as_attachment=True,
        filename=image.original_name or f"{public_id}",
        content_type=CONTENT_TYPES.get(image.format, "application/octet-stream"),
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def rendition(request: HttpRequest, public_id: UUID, size: int) -> HttpResponseBase:
    """A smaller version of a picture, made now if it is missing."""
    if size not in SIZES:
        raise Http404(f"Renditions have sizes {', '.join(map(str, SIZES))}.")
    image = _shown(request, public_id)
    # A small picture has no larger ones: its largest is what there is to look at.
    size = min(size, max((name for name, _ in rendition_sizes(image)), default=size))
    etag = quote_etag(f"{image.sha256}-{size}")
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        _rendered(image, size), content_type=CONTENT_TYPE
    )
    response["ETag"] = etag
    # The address of a page's picture names the version of the file, so it never goes stale.
    is_fixed = image.sha256 and request.GET.get("v") == image.sha256[:8]
    response["Cache-Control"] = (
        f"private, max-age={A_YEAR}, immutable" if is_fixed else "private, no-cache"
    )
    return response


@require_safe
def difference(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponseBase:
    """How two pictures differ, as a picture: black where they are equal."""
    first = visible_or_404(request.user, public_id)
    second = visible_or_404(request.user, other_id)
    form = SideBySideForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.complaint)
    stage = Stage.of(Comparison.of(first, second, form.cleaned_data["plain"]))
    if stage is None:
        raise Http404("The size of one of the pictures is unknown.")
    gain = form.cleaned_data["gain"]
    # How they lie over each other is in it, since new hashes may find them turned otherwise.
    parts = (first.sha256, second.sha256, stage.second.turn, *stage.box, *stage.second.inside, gain)
    etag = quote_etag("-".join(map(str, parts)))
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        _drawn(stage, gain), content_type=CONTENT_TYPE
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _shown(request: HttpRequest, public_id: UUID) -> Image:
    """Return a picture that the visitor sees in the gallery, or on the page of the trash."""
    visible = Image.objects.visible_to(request.user).filter(public_id=public_id).first()
    return visible or get_object_or_404(restorable_by(request.user), public_id=public_id)


def _opened(image: Image) -> BinaryIO:
    try:
        return image.file.open("rb")
    except (OSError, ValueError) as error:  # ValueError: the row has no file at all
        logger.warning("No original of %s: %s", image.public_id, error)
        raise Http404("The file of this picture is missing from the storage.") from error


def _unplaced(image: Image) -> bytes:
    with _opened(image) as file:
        return without_location(file.read())


def _rendered(image: Image, size: int) -> bytes:
    try:
        return open_rendition(image, size)
    except (Refusal, OSError, ValueError) as error:
        logger.warning("No rendition of %s: %s", image.public_id, error)
        raise Http404("The file of this picture is missing from the storage.") from error


def _drawn(stage: Stage, gain: int) -> bytes:
    try:
        return encoded(stage.difference().picture(gain))
    except (Refusal, OSError, ValueError) as error:
        logger.warning("No difference of %s: %s", stage.first.image.public_id, error)
        raise Http404("The file of one of the pictures is missing from the storage.") from error
