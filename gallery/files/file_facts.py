"""Columns of a picture that follow from its file."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from django.utils import timezone

from gallery.models import Image
from hashing.conf import setting
from hashing.fields import hash_fields, hashes_of
from hashing.fingerprints import has_points, is_informative, is_page
from hashing.matching import SECOND
from hashing.pictures import Picture

# Time zones are at most this far from UTC, in steps of a quarter of an hour.
MAX_UTC_OFFSET, UTC_OFFSET_STEP = timedelta(hours=14), timedelta(minutes=15)


class FileColumns(TypedDict):
    """The columns in `Image.FILE_COLUMNS`."""

    format: str
    byte_size: int
    width: int
    height: int
    jpeg_quality: int | None
    taken_at: datetime | None
    taken_at_precision: int
    sha256: str
    content_digest: str
    is_informative: bool
    is_page: bool
    holdings: dict[str, Any]
    decoding: str


def file_columns(picture: Picture) -> FileColumns:
    """Return the columns in `Image.FILE_COLUMNS` for a file decoded as `picture`."""
    taken = picture.capture_time
    return {
        "format": picture.format,
        "byte_size": picture.byte_size,
        "width": picture.width,
        "height": picture.height,
        "jpeg_quality": picture.jpeg_quality,
        "taken_at": _aware(taken.moment) if taken else None,
        "taken_at_precision": taken.precision if taken else SECOND,
        "sha256": picture.sha256,
        "content_digest": picture.content_digest,
        # A look at the pixels decides on pictures whose hashes say little.
        "is_informative": is_informative(picture) or has_points(picture),
        "is_page": is_page(picture),
        "holdings": picture.holdings.to_json(),
        "decoding": setting("DECODE") if picture.is_reduced else "exact",
    }


def set_file_columns(image: Image, picture: Picture | None) -> None:
    """Set the columns of `image` that follow from its file; without a `picture`, clear them."""
    columns = file_columns(picture) if picture else _empty_columns()
    for name, value in columns.items():
        setattr(image, name, value)


def unstored(picture: Picture) -> Image:
    """Return an Image with all columns that follow from `picture`, without a file or a row."""
    return Image(**file_columns(picture), **hashes_of(picture, hash_fields(Image)))


def is_taken_at(picture: Picture, taken_at: datetime | None) -> bool:
    """
    Return whether `taken_at`, in UTC, can be the time at which `picture` was taken.

    Most cameras record local time without a zone, and the site's zone may have changed since the
    picture was stored; so any time zone is accepted.
    """
    recorded = picture.capture_time.moment if picture.capture_time else None
    if recorded is None or taken_at is None or timezone.is_aware(recorded):
        return taken_at == recorded
    offset = recorded.replace(tzinfo=UTC) - taken_at
    return abs(offset) <= MAX_UTC_OFFSET and offset % UTC_OFFSET_STEP == timedelta(0)


def _empty_columns() -> dict[str, object]:
    fields = (field for field in Image._meta.concrete_fields if field.name in Image.FILE_COLUMNS)
    return {field.name: None if field.null else field.get_default() for field in fields}


def _aware(taken_at: datetime) -> datetime:
    """Return `taken_at` with a time zone: the site's, if the camera recorded none."""
    return taken_at if timezone.is_aware(taken_at) else timezone.make_aware(taken_at)
