"""
Walks over the parts of an image file: JPEG segments, PNG and RIFF chunks, GIF blocks, ISO boxes.

A walk reads headers only and is lenient: parts may reach beyond the end of the file. Every walk
refuses a file of more than `MAX_PARTS` parts, because decoders take them one by one and keep much
of them: ten megabytes of empty segments took over four seconds and 350 megabytes.

Sources: ITU-T T.81 (JPEG), annex B; PNG specification (W3C), section 5; GIF89a; Google's "WebP
Container Specification" (RIFF); ISO/IEC 14496-12, section 4.2 (boxes of AVIF and HEIC).
"""

from collections.abc import Callable, Iterator
from io import SEEK_CUR
from typing import NamedTuple

from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.refusals import too_many_parts, truncated

# A GIF of fifty megabytes has 200,000 blocks of pixels; cameras write a few hundred parts.
MAX_PARTS = 250_000

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Markers of a JPEG: start and end of the picture, start of a scan, comment, application data.
SOI, EOI, SOS, COM, APP0, APP14, APP15 = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xEE, 0xEF
# Markers that may occur among coded pixels, and one for arithmetic coding.
RST0, RST7, TEM = 0xD0, 0xD7, 0x01

# Kinds of GIF blocks.
EXTENSION, IMAGE, TRAILER = b"!,;"


class JpegSegment(NamedTuple):
    """
    A segment that begins at the byte `begin` of the file, where the FF before its marker is.

    `length`, in bytes, is what the segment states and includes its own two bytes; None for a
    marker without a segment.
    """

    marker: int
    begin: int
    length: int | None

    @property
    def end(self) -> int:
        """The position after the segment."""
        return self.begin + 2 + (self.length or 0)


class Chunk(NamedTuple):
    """A chunk of a PNG or RIFF file from the byte `begin` to `end`, and where its content is."""

    kind: bytes
    begin: int
    content: int
    content_end: int
    end: int


class GifBlock(NamedTuple):
    """A block of a GIF from the byte `begin` to `end`; `kind` is its first byte."""

    kind: int
    begin: int
    end: int


class IsoBox(NamedTuple):
    """A box of an AVIF or HEIC file, whose content is from the byte `content` to `end`."""

    kind: bytes
    content: int
    end: int


class PartCount:
    """Counts the parts of a file and refuses it once there are too many."""

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        """Count one more part. Raises Refusal."""
        self.count += 1
        if self.count > MAX_PARTS:
            raise too_many_parts(MAX_PARTS)


def is_standalone(marker: int) -> bool:
    """Return whether the JPEG standard gives `marker` no segment, and so no length."""
    return marker in (SOI, EOI, TEM) or RST0 <= marker <= RST7


def jpeg_segments(
    file: BinaryFile, begin: int = 0, has_no_length: Callable[[int], bool] = is_standalone
) -> Iterator[JpegSegment]:
    """
    Yield the segments of the JPEG at `begin` in `file`, and markers that stand alone.

    Each is yielded with `file` at its end. Coded pixels follow the segment SOS; to pass over them,
    seek `file` to their end before you ask for the next segment. The walk does not stop at EOI.
    `has_no_length` tells markers after which no length is read. Filling between segments counts
    as parts too. Raises Refusal.
    """
    parts = PartCount()
    file.seek(begin + 2)
    byte = file.read(1)
    while byte:
        parts.add()
        code = file.read(1) if byte == b"\xff" else b""
        if code not in (b"", b"\0", b"\xff"):
            yield _jpeg_segment(file, code[0], has_no_length)
        # After FF FF, the second FF may begin a marker.
        byte = code if code == b"\xff" else file.read(1)


def _jpeg_segment(
    file: BinaryFile, marker: int, has_no_length: Callable[[int], bool]
) -> JpegSegment:
    """Return the segment whose marker has just been read, and move `file` to its end."""
    begin = file.tell() - 2
    if has_no_length(marker):
        return JpegSegment(marker, begin, None)
    length = int.from_bytes(file.read(2), "big")
    file.seek(max(0, length - 2), SEEK_CUR)
    return JpegSegment(marker, begin, length)


def png_chunks(file: BinaryFile) -> Iterator[Chunk]:
    """Yield the chunks of the PNG in `file`, including IEND, the last one. Raises Refusal."""
    parts = PartCount()
    position, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            return
        parts.add()
        length, kind = int.from_bytes(header[:4], "big"), header[4:]
        content = position + 8
        # Four bytes of checksum follow the content.
        chunk = Chunk(kind, position, content, content + length, content + length + 4)
        yield chunk
        position = chunk.end


def riff_chunks(file: BinaryFile) -> Iterator[Chunk]:
    """Yield the chunks of the WebP in `file`, up to its end. Raises Refusal."""
    parts = PartCount()
    file.seek(4)
    size = int.from_bytes(file.read(4), "little")
    position = 12
    while position < 8 + size:
        file.seek(position)
        header = file.read(8)
        if len(header) < 8:
            return
        parts.add()
        content = position + 8
        content_end = content + int.from_bytes(header[4:], "little")
        chunk = Chunk(header[:4], position, content, content_end, content_end + content_end % 2)
        yield chunk
        position = chunk.end


def gif_blocks(file: BinaryFile) -> Iterator[GifBlock]:
    """
    Yield the blocks of the GIF in `file`, up to the trailer. Raises Refusal.

    Sub-blocks, and stray bytes between blocks, count as parts.
    """
    parts = PartCount()
    file.seek(0)
    data = file.read()
    position = 13 + _colour_table_bytes(data[10:11])
    while position < len(data) and data[position] != TRAILER:
        parts.add()
        begin, kind = position, data[position]
        position += _gif_header_bytes(data, position)
        while kind in (EXTENSION, IMAGE) and position < len(data) and (size := data[position]):
            parts.add()
            position += 1 + size
        if kind in (EXTENSION, IMAGE):
            position += 1  # the empty sub-block at the end
        yield GifBlock(kind, begin, position)


def iso_boxes(data: bytes, begin: int, end: int) -> Iterator[IsoBox]:
    """Yield the boxes from `begin` to `end`. Raises Refusal if one reaches beyond the end."""
    parts = PartCount()
    while begin + 8 <= end:
        parts.add()
        size, content = int.from_bytes(data[begin : begin + 4], "big"), begin + 8
        if size == 1:
            size, content = int.from_bytes(data[begin + 8 : begin + 16], "big"), begin + 16
        box = IsoBox(data[begin + 4 : begin + 8], content, begin + size if size else end)
        if not content <= box.end <= end:
            raise truncated()
        yield box
        begin = box.end


def _gif_header_bytes(data: bytes, position: int) -> int:
    """Return the size in bytes of the part of a GIF block before its sub-blocks."""
    if data[position] == EXTENSION:
        return 2
    if data[position] == IMAGE:
        return 11 + _colour_table_bytes(data[position + 9 : position + 10])
    return 1


def _colour_table_bytes(flags: bytes) -> int:
    """Return the size in bytes of the colour table announced by the `flags` byte, 0 if none."""
    return 3 << (flags[0] % 8 + 1) if flags and flags[0] & 0x80 else 0
