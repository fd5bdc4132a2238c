"""Files of pictures: originals to download, renditions to display, and difference images."""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from gallery.access import restorable_by, visible_or_404
from gallery.comparing import Comparison, Overlay, SideBySideForm
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

A_YEAR = 365 * 24 * 60 * 60  # seconds
REVALIDATED = "private, no-cache"
IMMUTABLE = f"private, max-age={A_YEAR}, immutable"
MISSING_FILE = "The file of this picture is missing from the storage."


@require_safe
def original(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """
    Return the uploaded file as a download, which browsers do not open whatever it contains.

    Only the owner gets GPS data, unless the owner shares it.
    """
    image = visible_or_404(request.user, public_id)
    is_owner = request.user.is_authenticated and image.owner_id == request.user.pk
    is_whole = is_owner or image.shares_location

    def download() -> FileResponse:
        return FileResponse(
            _opened(image) if is_whole else BytesIO(_without_location(image)),
            as_attachment=True,
            filename=image.original_name or f"{public_id}",
            content_type=CONTENT_TYPES.get(image.format, "application/octet-stream"),
        )

    version = image.sha256 if is_whole else f"{image.sha256}-unplaced"
    return _file_response(request, version, download)


@require_safe
def rendition(request: HttpRequest, public_id: UUID, size: int) -> HttpResponseBase:
    """Return a smaller version of a picture, created now if it is missing."""
    if size not in SIZES:
        raise Http404(f"Renditions have sizes {', '.join(map(str, SIZES))}.")
    image = _visible_or_restorable(request, public_id)
    # A small picture has no larger renditions: show its largest one.
    size = min(size, max((name for name, _ in rendition_sizes(image)), default=size))
    # Addresses on our pages name the version of the file, so their content never changes.
    is_fixed = bool(image.sha256) and request.GET.get("v") == image.sha256[:8]
    return _file_response(
        request,
        f"{image.sha256}-{size}",
        lambda: HttpResponse(_rendered(image, size), content_type=CONTENT_TYPE),
        IMMUTABLE if is_fixed else REVALIDATED,
    )


@require_safe
def difference(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponseBase:
    """Return the difference of two pictures as a picture, black where they are equal."""
    first = visible_or_404(request.user, public_id)
    second = visible_or_404(request.user, other_id)
    form = SideBySideForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.error_text)
    overlay = Overlay.of(Comparison.of(first, second, form.cleaned_data["plain"]))
    if overlay is None:
        raise Http404("The size of one of the pictures is unknown.")
    gain = form.cleaned_data["gain"]
    # New hashes can change the alignment, so it is part of the version.
    drawn = overlay.second
    parts = (first.sha256, second.sha256, drawn.turn, *overlay.box, *drawn.inside, gain)
    return _file_response(
        request,
        "-".join(map(str, parts)),
        lambda: HttpResponse(_drawn(overlay, gain), content_type=CONTENT_TYPE),
    )


def _file_response(
    request: HttpRequest,
    version: str,
    respond: Callable[[], HttpResponseBase],
    cache_control: str = REVALIDATED,
) -> HttpResponseBase:
    """
    Return 304 if the client has this version of a file, else what `respond` returns.

    A client with the current version does not wait for the storage. No browser runs scripts in
    the file.
    """
    etag = quote_etag(version)
    response = get_conditional_response(request, etag=etag) or respond()
    response["ETag"] = etag
    response["Cache-Control"] = cache_control
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _visible_or_restorable(request: HttpRequest, public_id: UUID) -> Image:
    """Return a picture that the visitor sees in the gallery or in the trash."""
    pictures = Image.objects.visible_to(request.user)
    visible: Image | None = pictures.filter(public_id=public_id).first()
    if visible:
        return visible
    image: Image = get_object_or_404(restorable_by(request.user), public_id=public_id)
    return image


def _opened(image: Image) -> FieldFile:
    try:
        return image.file.open("rb")
    except (OSError, ValueError) as error:  # ValueError: the row has no file at all
        logger.warning("No original of %s: %s", image.public_id, error)
        raise Http404(MISSING_FILE) from error


def _without_location(image: Image) -> bytes:
    with _opened(image) as file:
        return without_location(file.read())


def _rendered(image: Image, size: int) -> bytes:
    try:
        return open_rendition(image, size)
    except (Refusal, OSError, ValueError) as error:
        logger.warning("No rendition of %s: %s", image.public_id, error)
        raise Http404(MISSING_FILE) from error


def _drawn(overlay: Overlay, gain: int) -> bytes:
    try:
        return encoded(overlay.difference().picture(gain))
    except (Refusal, OSError, ValueError) as error:
        logger.warning("No difference of %s: %s", overlay.first.image.public_id, error)
        raise Http404("The file of one of the pictures is missing from the storage.") from error
