"""Where the metadata of an image file is: EXIF, XMP and everything else that is not pixels."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple

from hashing.exceptions import Refusal
from hashing.pictures.containers import (
    EOI,
    IMAGE,
    SOS,
    gif_blocks,
    iso_boxes,
    jpeg_segments,
    riff_chunks,
)
from hashing.pictures.item_boxes import item_extents
from hashing.pictures.jpeg_stream import coded_pixels_end, is_metadata

# Pictures in one JPEG file (with previews, depth maps) that are walked; what follows them counts
# as metadata.
MOST_JPEGS = 16
PIXEL_CHUNKS = {b"VP8 ", b"VP8L", b"ALPH", b"ANMF"}
METADATA_ITEMS = {b"Exif", b"mime", b"uri "}


class Span(NamedTuple):
    """The bytes of a file from `begin` to `end`."""

    begin: int
    end: int


def metadata_spans(data: bytes) -> list[Span]:
    """
    Return the parts of a JPEG, GIF, WebP, AVIF or HEIC file that hold no pixels, in order.

    Data behind the picture counts as metadata. So does everything after damage that makes the parts
    of the file unreadable, and the whole file if its format is unknown.
    """
    pixels: list[Span] = []
    with suppress(Refusal):
        for span in _pixel_spans(data):
            pixels.append(span)
    return list(_gaps(pixels, Span(0, len(data))))


def _pixel_spans(data: bytes) -> Iterator[Span]:
    """Yield spans of pixels, and of what is needed to decode them. Raises Refusal."""
    if data.startswith(b"\xff\xd8"):
        yield from _jpegs(data)
    elif data.startswith(b"GIF8"):
        yield from (Span(b.begin, b.end) for b in gif_blocks(BytesIO(data)) if b.kind == IMAGE)
    elif data.startswith(b"RIFF"):
        chunks = riff_chunks(BytesIO(data))
        yield from (Span(c.content, c.content_end) for c in chunks if c.kind in PIXEL_CHUNKS)
    elif data[4:8] == b"ftyp":
        yield from _iso_pixels(data)


def _jpegs(data: bytes) -> Iterator[Span]:
    """Yield the pixel spans of each JPEG in the file; cameras put previews behind the first."""
    begin = 0
    for _ in range(MOST_JPEGS):
        end = yield from _jpeg(data, begin)
        begin = data.find(b"\xff\xd8\xff", end)
        if begin < 0:
            return


def _jpeg(data: bytes, begin: int) -> Generator[Span, None, int]:
    """Yield the pixel spans of the JPEG at `begin`, and return where it ends."""
    file = BytesIO(data)
    for segment in jpeg_segments(file, begin):
        end = segment.end
        if segment.marker == EOI:
            return end
        if segment.marker == SOS:
            end = coded_pixels_end(data, end)
            file.seek(end)
        if not is_metadata(segment.marker):
            yield Span(segment.begin, end)
    return len(data)


def _iso_pixels(data: bytes) -> Iterator[Span]:
    """Yield the boxes "mdat", which hold all items, without the items that are metadata."""
    boxes = list(iso_boxes(data, 0, len(data)))
    extents = [
        extent
        for box in boxes
        if box.kind == b"meta"
        for extent in item_extents(data, box)
        if extent.kind in METADATA_ITEMS
    ]
    metadata = [Span(e.begin, e.begin + e.length if e.length else len(data)) for e in extents]
    for box in boxes:
        if box.kind == b"mdat":
            yield from _gaps(metadata, Span(box.content, box.end))


def _gaps(spans: Iterable[Span], whole: Span) -> Iterator[Span]:
    """Yield what `spans`, in any order, leave of `whole`."""
    position = whole.begin
    for span in sorted(spans):
        if position < min(span.begin, whole.end):
            yield Span(position, min(span.begin, whole.end))
        position = max(position, span.end)
    if position < whole.end:
        yield Span(position, whole.end)
