"""Columns that follow from a file."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image as PillowImage

from gallery.files.file_facts import file_columns, is_taken_at, set_file_columns, unstored
from gallery.models import Image
from hashing.matching import SECOND
from hashing.pictures import CaptureTime, Picture, decode
from tests.pictures import encoded, photo

NOON = datetime(2024, 5, 1, 12, 1, 2)


def picture_taken(taken_at: datetime | None) -> Picture:
    capture_time = CaptureTime(taken_at) if taken_at else None
    return replace(decode(io.BytesIO(encoded(photo(1)))), capture_time=capture_time)


def test_columns_are_those_that_the_model_names() -> None:
    assert tuple(file_columns(picture_taken(None))) == Image.FILE_COLUMNS


def test_time_without_a_zone_is_in_the_site_s_zone(settings: Any) -> None:
    exif = PillowImage.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 12:01:02"
    settings.TIME_ZONE = "Europe/Berlin"
    picture = decode(io.BytesIO(encoded(photo(1), exif=exif)))
    taken_at = file_columns(picture)["taken_at"]
    assert taken_at.isoformat() == "2024-05-01T12:01:02+02:00"


def test_precision_of_the_clock_is_a_column() -> None:
    picture = replace(picture_taken(None), capture_time=CaptureTime(NOON, 10_000))
    assert file_columns(picture)["taken_at_precision"] == 10_000
    assert file_columns(picture_taken(NOON))["taken_at_precision"] == SECOND
    assert file_columns(picture_taken(None))["taken_at_precision"] == SECOND


def test_columns_are_cleared_without_a_picture() -> None:
    image = unstored(picture_taken(NOON))
    set_file_columns(image, None)
    assert all(getattr(image, name) == getattr(Image(), name) for name in Image.FILE_COLUMNS)


def test_unstored_picture_has_all_derived_columns() -> None:
    image = unstored(picture_taken(NOON))
    assert (image.pk, image.size, image.phash is None) == (None, (320, 240), False)


@pytest.mark.parametrize(
    ("recorded", "offset", "expected"),
    [
        (NOON, timedelta(0), True),
        (NOON, timedelta(hours=5, minutes=45), True),
        (NOON, timedelta(hours=-14), True),
        (NOON, timedelta(hours=15), False),
        (NOON, timedelta(minutes=1), False),
        (NOON.replace(tzinfo=UTC), timedelta(0), True),
        (NOON.replace(tzinfo=UTC), timedelta(hours=1), False),
        (None, timedelta(0), False),
    ],
)
def test_time_fits_in_any_zone(
    recorded: datetime | None, offset: timedelta, expected: bool
) -> None:
    taken_at = NOON.replace(tzinfo=UTC) + offset
    assert is_taken_at(picture_taken(recorded), taken_at) == expected


def test_no_time_fits_no_time() -> None:
    assert is_taken_at(picture_taken(None), None)
    assert not is_taken_at(picture_taken(NOON), None)
