"""Walks over the parts of files: parts follow one another and tell what the file holds."""

from io import BytesIO
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.exceptions import Refusal
from hashing.pictures import containers
from hashing.pictures.containers import (
    EOI,
    IMAGE,
    SOS,
    gif_blocks,
    iso_boxes,
    jpeg_segments,
    png_chunks,
    riff_chunks,
)
from tests.pictures import encoded, photo


def test_segments_of_a_jpeg_follow_one_another_up_to_the_scan() -> None:
    data = encoded(photo(1), comment=b"a comment")
    segments = list(takewhile(lambda part: part.marker != SOS, jpeg_segments(BytesIO(data))))
    assert [part.begin for part in segments] == [2, *(part.end for part in segments[:-1])]
    (comment,) = (part for part in segments if part.marker == 0xFE)
    assert data[comment.begin + 4 : comment.end] == b"a comment"


def test_walk_over_a_jpeg_goes_on_where_the_file_was_moved_to() -> None:
    data = encoded(photo(1)) + b"trailer"
    file, markers = BytesIO(data), []
    for segment in jpeg_segments(file):
        markers.append(segment.marker)
        if segment.marker == SOS:
            file.seek(data.rindex(b"\xff\xd9"))
    assert markers[-2:] == [SOS, EOI]


def test_second_jpeg_of_a_file_is_walked_from_where_it_begins() -> None:
    first, second = encoded(photo(1)), encoded(photo(2))
    ours = jpeg_segments(BytesIO(second))
    theirs = jpeg_segments(BytesIO(first + second), len(first))
    assert next(theirs).begin == next(ours).begin + len(first)


def test_chunks_of_a_png_fill_it() -> None:
    data = encoded(photo(1), "PNG")
    chunks = list(png_chunks(BytesIO(data + b"trailer")))
    assert [chunk.begin for chunk in chunks] == [8, *(chunk.end for chunk in chunks[:-1])]
    assert (chunks[0].kind, chunks[-1].kind, chunks[-1].end) == (b"IHDR", b"IEND", len(data))


def test_chunks_of_a_webp_fill_it() -> None:
    data = encoded(photo(1), "WEBP", xmp=b"odd")
    chunks = list(riff_chunks(BytesIO(data + b"trailer")))
    assert [chunk.begin for chunk in chunks] == [12, *(chunk.end for chunk in chunks[:-1])]
    assert chunks[-1].end == len(data)
    (xmp,) = (chunk for chunk in chunks if chunk.kind == b"XMP ")
    assert data[xmp.content : xmp.content_end] == b"odd"


def test_blocks_of_a_gif_fill_it() -> None:
    frames = [photo(seed, (40, 30)) for seed in (1, 2, 3)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    blocks = list(gif_blocks(BytesIO(data + b"trailer")))
    assert [block.begin for block in blocks[1:]] == [block.end for block in blocks[:-1]]
    assert blocks[-1].end == len(data) - 1  # the trailer is the last byte
    assert sum(block.kind == IMAGE for block in blocks) == 3


def test_box_that_reaches_beyond_the_end_is_refused() -> None:
    data = encoded(photo(1), "AVIF")
    boxes = list(iso_boxes(data, 0, len(data)))
    assert [boxes[0].kind, boxes[-1].end] == [b"ftyp", len(data)]
    with pytest.raises(Refusal):
        list(iso_boxes(data, 0, len(data) - 1))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_too_many_parts_are_refused_by_every_walk(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "MAX_PARTS", 1)
    data = encoded(photo(1), format)
    with pytest.raises(Refusal, match="more than 1 parts"):  # noqa: PT012 (one branch runs)
        match format:
            case "JPEG":
                list(jpeg_segments(BytesIO(data)))
            case "PNG":
                list(png_chunks(BytesIO(data)))
            case "GIF":
                list(gif_blocks(BytesIO(data)))
            case "WEBP":
                list(riff_chunks(BytesIO(data + data)))
                list(riff_chunks(BytesIO(encoded(photo(1), format, xmp=b"x"))))
            case "AVIF":
                list(iso_boxes(data, 0, len(data)))


@given(st.binary(max_size=300))
def test_walks_over_any_bytes_end(data: bytes) -> None:
    for head in (b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF"):
        for walk in (jpeg_segments, png_chunks, gif_blocks, riff_chunks):
            for part in walk(BytesIO(head + data)):
                assert part.end > part.begin >= 2
