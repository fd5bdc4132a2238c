"""What the columns of a picture say of its file."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from gallery.models import Image
from hashing.conf import setting
from hashing.fields import hash_fields, hashes_of
from hashing.fingerprints import is_informative, is_page
from hashing.pictures import Picture

# Clocks on earth are at most this far from UTC, by whole quarters of an hour.
MOST_OFFSET, STEP = timedelta(hours=14), timedelta(minutes=15)


def description(picture: Picture) -> dict[str, Any]:
    """Return the columns in `Image.DESCRIPTION`, as they follow from `picture`."""
    return {
        "format": picture.format,
        "byte_size": picture.byte_size,
        "width": picture.width,
        "height": picture.height,
        "jpeg_quality": picture.jpeg_quality,
        "taken_at": _in_zone(picture.taken_at),
        "sha256": picture.sha256,
        "content_digest": picture.content_digest,
        "is_informative": is_informative(picture),
        "is_page": is_page(picture),
        "decoding": setting("DECODE") if picture.is_reduced else "exact",
    }


def unstored(picture: Picture) -> Image:
    """Return `picture` as an Image with all columns that follow from its file, and no row."""
    return Image(**description(picture), **hashes_of(picture, hash_fields(Image)))


def agrees(taken_at: datetime | None, picture: Picture) -> bool:
    """Tell whether `taken_at`, in UTC, is when `picture` was taken, in the zone of any site."""
    told = picture.taken_at
    if told is None or taken_at is None or timezone.is_aware(told):
        return taken_at == told
    # The site's zone may have been another one when the picture was stored.
    offset = told.replace(tzinfo=UTC) - taken_at
    return abs(offset) <= MOST_OFFSET and offset % STEP == timedelta(0)


def _in_zone(taken_at: datetime | None) -> datetime | None:
    # Cameras write the time on their own clock and seldom where that clock stood.
    is_naive = taken_at is not None and timezone.is_naive(taken_at)
    return timezone.make_aware(taken_at) if is_naive else taken_at
