"""The digest of a JPEG without its metadata, and its scans."""

import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from hashing.exceptions import Refusal
from hashing.pictures.jpeg_stream import MAX_SCANS, coded_pixels_end, jpeg_stream
from tests.pictures import encoded, photo

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    return jpeg[:2] + segment(marker, content) + jpeg[2:]


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(photo(1), quality=80)


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED, 0xEF, 0xFE], ids="{:x}".format)
def test_digest_passes_over_metadata(jpeg: bytes, marker: int) -> None:
    tagged = with_segment(jpeg, marker, b"what a camera or a person notes")
    assert jpeg_stream(tagged) == jpeg_stream(jpeg)


def test_digest_passes_over_what_pillow_writes_as_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tagged = encoded(photo(1), quality=80, exif=exif, icc_profile=profile, comment=b"a comment")
    assert jpeg_stream(tagged) == jpeg_stream(encoded(photo(1), quality=80))


def test_digest_passes_over_trailers_and_fill_bytes(jpeg: bytes) -> None:
    assert jpeg_stream(jpeg + b"a motion video" + SOI) == jpeg_stream(jpeg)
    assert jpeg_stream(jpeg[:2] + b"\xff\xff" + jpeg[2:]) == jpeg_stream(jpeg)


def test_digest_counts_the_pixels(jpeg: bytes) -> None:
    found = {
        jpeg_stream(data).digest
        for data in (jpeg, encoded(photo(2), quality=80), encoded(photo(1), quality=79))
    }
    assert len(found) == 3
    assert all(digest.startswith("jpegscan1:") for digest in found)


def test_digest_counts_how_colours_are_coded(jpeg: bytes) -> None:
    assert jpeg_stream(with_segment(jpeg, 0xEE, b"Adobe\0d\0\0\0\0\0")) != jpeg_stream(jpeg)


def test_digest_counts_the_orientation(jpeg: bytes) -> None:
    found = {jpeg_stream(jpeg, orientation).digest for orientation in range(1, 9)}
    assert len(found) == 8


def test_digest_counts_restart_markers_as_pixels() -> None:
    restarted = encoded(photo(1), quality=80, restart_marker_blocks=4)
    assert jpeg_stream(restarted).scans == 1
    assert jpeg_stream(restarted).digest != jpeg_stream(encoded(photo(1), quality=80)).digest


@given(st.lists(st.sampled_from([b"\0", b"\xff", b"\xd0", b"\xd7", b"\xd8", b"a"])).map(b"".join))
def test_coded_pixels_end_at_the_next_real_marker(coded: bytes) -> None:
    # FF 00 is a pixel byte FF, FF D0 to FF D7 are restarts, and FF FF is filling.
    marker = re.search(rb"\xff[\x01-\xcf\xd8-\xfe]", coded + EOI)
    assert marker
    for chunk in (1, 2, 3, 1000):
        with patch("hashing.pictures.jpeg_stream.CHUNK", chunk):
            assert coded_pixels_end(coded + EOI, 0) == marker.start()


def test_progressive_jpeg_has_several_scans(jpeg: bytes) -> None:
    assert jpeg_stream(jpeg).scans == 1
    assert 1 < jpeg_stream(encoded(photo(1), progressive=True)).scans < 20


def test_jpeg_cut_off_anywhere_is_refused(jpeg: bytes) -> None:
    for length in [2, 3, 4, 5, 20, 21, *range(30, len(jpeg), len(jpeg) // 50), len(jpeg) - 1]:
        with pytest.raises(Refusal) as refused:
            jpeg_stream(jpeg[:length])
        assert refused.value.code == "truncated"


def test_jpeg_segment_of_impossible_length_is_refused() -> None:
    with pytest.raises(Refusal, match="incomplete"):
        jpeg_stream(SOI + b"\xff\xe1\x00\x01" + EOI)


def test_jpeg_with_too_many_scans_is_refused() -> None:
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00"
    assert jpeg_stream(SOI + scan * MAX_SCANS + EOI).scans == MAX_SCANS
    with pytest.raises(Refusal, match=r"^This JPEG has more than 200 scans") as refused:
        jpeg_stream(SOI + scan * (MAX_SCANS + 1) + EOI)
    assert refused.value.code == "too_many_scans"
