"""When a picture was taken."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from PIL import Image

from hashing.pictures.capture_time import (
    MINUTE,
    MOST_XMP,
    SECOND,
    XMP_TIMES,
    CaptureTime,
    capture_time_of,
)
from tests.pictures import encoded, photo

MOMENT = datetime(2021, 7, 4, 12, 30, 15)
PLUS_TWO = timezone(timedelta(hours=2))
EXIF = "2021:07:04 12:30:15"
ORIGINAL, DIGITIZED = 0x9003, 0x9004
SUBSECONDS, DIGITIZED_SUBSECONDS = 0x9291, 0x9292
OFFSET, DIGITIZED_OFFSET = 0x9011, 0x9012


def time_in(data: bytes) -> CaptureTime | None:
    with Image.open(io.BytesIO(data)) as image:
        return capture_time_of(image, image.getexif())


def tagged(tags: Mapping[int, str | bytes]) -> CaptureTime | None:
    """Return the time of a picture with these tags of EXIF."""
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(tags)
    return time_in(encoded(photo(1, (32, 32)), exif=exif))


def described(*properties: str, format: str = "JPEG") -> CaptureTime | None:
    """Return the time of a picture with these attributes and elements in XMP."""
    attributes = " ".join(text for text in properties if not text.startswith("<"))
    elements = "".join(text for text in properties if text.startswith("<"))
    packet = f"<x:xmpmeta><rdf:Description {attributes}>{elements}</rdf:Description></x:xmpmeta>"
    return time_in(encoded(photo(1, (32, 32)), format, xmp=packet.encode()))


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("2021:07:04 12:30:15", MOMENT, SECOND),
        ("2021-07-04 12:30:15", MOMENT, SECOND),
        ("2021/07/04 12:30:15\0", MOMENT, SECOND),
        ("2021-07-04T12:30:15", MOMENT, SECOND),
        ("2021: 7: 4 12:30:15", MOMENT, SECOND),
        ("2021:07:04 12:30:15.5", MOMENT.replace(microsecond=500_000), 100_000),
        ("2021:07:04 12:30:15,050", MOMENT.replace(microsecond=50_000), 1000),
        ("2021:07:04 12:30:15.123456789", MOMENT.replace(microsecond=123_456), 1),
        ("2021:07:04 12:30:15.00", MOMENT, 10_000),
        ("2021-07-04T12:30", MOMENT.replace(second=0), MINUTE),
        ("2021:07:04 12:30:15Z", MOMENT.replace(tzinfo=UTC), SECOND),
        ("2021:07:04 12:30:15+02:00", MOMENT.replace(tzinfo=PLUS_TWO), SECOND),
        ("2021-07-04T12:30:15.5+0200", MOMENT.replace(microsecond=500_000, tzinfo=PLUS_TWO), 10**5),
        ("2021:07:04 12:30:15 +02", MOMENT.replace(tzinfo=PLUS_TWO), SECOND),
        ("2021:07:04 12:30:15+99:00", MOMENT, SECOND),
    ],
)
def test_spelling_is_read(text: str, moment: datetime, precision: int) -> None:
    assert CaptureTime.parse(text) == (moment, precision)


@pytest.mark.parametrize(
    "text",
    [
        *("", "\0", "    :  :     :  :  ", "0000:00:00 00:00:00", "0001:01:01 00:00:00"),
        *("yesterday", "2021:02:31 01:01:01", "2021:07:04", "2021:07:04 25:00:00"),
        *("9999:12:31 23:59:59", "２０２１:07:04 1x:30:15"),
    ],
)
def test_text_that_is_no_time_is_none(text: str) -> None:
    assert CaptureTime.parse(text) is None
    assert tagged({ORIGINAL: text.encode()}) is None


@pytest.mark.parametrize(
    ("fraction", "microsecond", "precision"),
    [
        *(("5", 500_000, 100_000), ("50", 500_000, 10_000), ("500", 500_000, 1000)),
        *(("00", 0, 10_000), ("053 ", 53_000, 1000), ("", 0, SECOND), ("  ", 0, SECOND)),
        *(("-5", 0, SECOND), ("²", 0, SECOND)),
    ],
)
def test_fraction_is_in_a_tag_of_its_own(fraction: str, microsecond: int, precision: int) -> None:
    time = CaptureTime(MOMENT.replace(microsecond=microsecond), precision)
    assert tagged({ORIGINAL: EXIF, SUBSECONDS: fraction.encode("latin-1")}) == time
    assert tagged({DIGITIZED: EXIF, DIGITIZED_SUBSECONDS: fraction.encode("latin-1")}) == time


def test_fraction_of_another_time_is_left_out() -> None:
    assert tagged({ORIGINAL: EXIF, DIGITIZED_SUBSECONDS: "5"}) == (MOMENT, SECOND)


def test_zone_is_in_a_tag_of_its_own() -> None:
    there = CaptureTime(MOMENT.replace(tzinfo=PLUS_TWO))
    assert tagged({ORIGINAL: EXIF, OFFSET: "+02:00"}) == there
    assert tagged({DIGITIZED: EXIF, DIGITIZED_OFFSET: "+02:00"}) == there
    assert tagged({ORIGINAL: EXIF + "Z", OFFSET: "+02:00"}) == (MOMENT.replace(tzinfo=UTC), SECOND)
    assert tagged({ORIGINAL: EXIF, OFFSET: "noon"}) == (MOMENT, SECOND)


@pytest.mark.parametrize("nothing", ["", "    :  :     :  :  ", "0000:00:00 00:00:00"])
def test_time_of_digitizing_replaces_one_that_is_blank(nothing: str) -> None:
    assert tagged({ORIGINAL: nothing, DIGITIZED: EXIF}) == (MOMENT, SECOND)
    assert tagged({ORIGINAL: EXIF, DIGITIZED: "1999:01:01 00:00:00"}) == (MOMENT, SECOND)


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize(
    "name",
    [name.decode() for name in XMP_TIMES],
)
def test_xmp_is_read_as_attributes_and_elements(name: str, format: str) -> None:
    assert described(f'{name}="2021-07-04T12:30:15"', format=format) == (MOMENT, SECOND)
    assert described(f"{name} = '2021-07-04T12:30:15Z'") == (MOMENT.replace(tzinfo=UTC), SECOND)
    assert described(f"<{name}>\n2021-07-04T12:30:15</{name}>") == (MOMENT, SECOND)
    assert described(f'<{name} xml:lang="x">2021-07-04T12:30:15</{name}>') == (MOMENT, SECOND)


def test_best_time_in_xmp_is_read() -> None:
    assert described(
        'xmp:CreateDate="2023-01-01T00:00:00"',
        'photoshop:DateCreated="2022-01-01T00:00:00"',
        'exif:DateTimeOriginal="2021-07-04T12:30:15"',
    ) == (MOMENT, SECOND)
    assert described(
        'photoshop:DateCreated="2022-01-01"', 'xmp:CreateDate="2021-07-04T12:30:15"'
    ) == (MOMENT, SECOND)


def test_xmp_is_read_in_utf_16() -> None:
    packet = '<rdf:Description xmp:CreateDate="2021-07-04T12:30:15"/>'.encode("utf-16")
    assert time_in(encoded(photo(1, (32, 32)), xmp=packet)) == (MOMENT, SECOND)


def test_exif_is_preferred_to_xmp() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[DIGITIZED] = EXIF
    packet = b'<rdf:Description exif:DateTimeOriginal="2022-01-01T00:00:00"/>'
    assert time_in(encoded(photo(1, (32, 32)), exif=exif, xmp=packet)) == (MOMENT, SECOND)


def test_hostile_xmp_is_searched_in_a_moment() -> None:
    image = photo(1, (32, 32))
    for repeated in (b"xmp:CreateDate ", b"xmp:CreateDate=", b"xmp:CreateDate <", b"2021-07-04 "):
        image.info["xmp"] = repeated * (2 * MOST_XMP // len(repeated))
        assert capture_time_of(image, Image.Exif()) is None
