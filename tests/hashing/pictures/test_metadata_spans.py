"""Metadata of every format is inside the spans, and pixels are outside."""

from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hashing.pictures import item_boxes
from hashing.pictures.containers import iso_boxes
from hashing.pictures.metadata_spans import MOST_JPEGS, metadata_spans
from tests.pictures import encoded, photo

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0 a note of the camera"
XMP = b"<x:xmpmeta a note of an editor></x:xmpmeta>"


def metadata(data: bytes) -> bytes:
    return b"|".join(data[begin:end] for begin, end in metadata_spans(data))


def share(data: bytes) -> float:
    """Return the share of the file that is metadata."""
    return sum(end - begin for begin, end in metadata_spans(data)) / len(data)


def noisy(seed: int = 1) -> Image.Image:
    """A picture that takes so many bytes that headers do not count."""
    return Image.effect_noise((400, 300), 90).convert("RGB")


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "AVIF"])
def test_exif_and_xmp_are_inside_and_pixels_outside(format: str) -> None:
    data = encoded(noisy(), format, exif=EXIF, xmp=XMP)
    assert b"a note of the camera" in metadata(data)
    assert b"a note of an editor" in metadata(data)
    assert share(data) < 0.1


def test_comment_of_a_gif_is_inside_and_pixels_of_all_frames_outside() -> None:
    frames = [noisy(), noisy()]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=b"a note")
    assert b"a note" in metadata(data)
    assert share(data) < 0.1


@pytest.mark.parametrize("format", ["JPEG", "GIF", "WEBP"])
def test_what_follows_the_picture_is_inside(format: str) -> None:
    assert metadata(encoded(photo(1), format) + b"a trailer").endswith(b"a trailer")


def test_pictures_behind_the_first_are_walked_and_their_metadata_is_inside() -> None:
    preview = encoded(noisy(), exif=EXIF)
    data = encoded(noisy()) + b"between" + preview
    assert b"between" in metadata(data)
    assert b"a note of the camera" in metadata(data)
    assert share(data) < 0.1


def test_jpegs_beyond_the_limit_count_as_metadata() -> None:
    data = encoded(photo(1, (16, 16)), quality=20)
    spans = metadata_spans(data * (MOST_JPEGS + 2))
    assert spans[-1] == (MOST_JPEGS * len(data) - 2, (MOST_JPEGS + 2) * len(data))


def test_progressive_jpeg_has_no_metadata_between_its_scans() -> None:
    data = encoded(noisy(), progressive=True)
    spans = metadata_spans(data)
    assert spans[0].begin == 0
    assert share(data) < 0.01


@pytest.mark.parametrize("format", ["JPEG", "AVIF"])
def test_everything_behind_a_damage_counts_as_metadata(format: str) -> None:
    data = encoded(noisy(), format)
    assert metadata_spans(data[: len(data) // 2])[-1].end == len(data) // 2


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n..."])
def test_file_of_no_known_format_is_metadata_as_a_whole(data: bytes) -> None:
    assert metadata_spans(data) == ([(0, len(data))] if data else [])


SMALL = [encoded(photo(1, (48, 36)), format) for format in ("JPEG", "GIF", "WEBP", "AVIF")]


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_spans_of_damaged_files_are_in_order_and_inside(position: int, damage: bytes) -> None:
    for whole in SMALL:
        data = bytearray(whole)
        begin = position % len(data)
        data[begin : begin + len(damage)] = damage
        edges = [edge for span in metadata_spans(bytes(data)) for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(data) for edge in edges)


def test_items_of_an_avif_are_located() -> None:
    data = encoded(photo(1), "AVIF", exif=EXIF)
    boxes = {box.kind: box for box in iso_boxes(data, 0, len(data))}
    extents = {extent.kind: extent for extent in item_boxes.item_extents(data, boxes[b"meta"])}
    exif = extents[b"Exif"]
    assert EXIF[6:] in data[exif.begin : exif.begin + exif.length]
    assert extents[b"av01"].length > exif.length


def test_item_table_that_lists_too_many_extents_is_damage() -> None:
    data = encoded(photo(1), "AVIF", exif=EXIF)
    with patch("hashing.pictures.containers.MAX_PARTS", 1):
        assert metadata_spans(data) == [(0, len(data))]


def test_shared_pictures_of_cameras_have_their_metadata_inside(corpus: Path) -> None:
    for path in sorted(corpus.rglob("*.jpg"))[:40]:
        data = path.read_bytes()
        exif = Image.open(BytesIO(data)).info.get("exif", b"")
        assert exif in b"".join(data[begin:end] for begin, end in metadata_spans(data)), path.name
