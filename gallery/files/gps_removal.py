"""
Remove GPS positions from the file of a picture, without changing a pixel.

Positions are in the GPS directory of EXIF, which is a small TIFF file inside the picture, and in
XMP, which is XML. Both are overwritten in place, so that nothing moves. Compressed metadata, which
some PNGs have, is removed altogether.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Literal

from hashing.exceptions import Refusal
from hashing.pictures import PNG_SIGNATURE, metadata_spans, png_chunks

# All repetitions are bounded and possessive (the + behind them), so that no file makes a search
# take quadratic time.
TIFF_HEADER = re.compile(rb"II\*\x00|MM\x00\*")
XMP_BEGIN, XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"
XMP_POSITION = re.compile(
    rb"""GPS\w{0,40}+\s{0,9}+=\s{0,9}+(?:"[^"]{0,200}+"|'[^']{0,200}+')"""
    rb"""|(?<=GPS)\w{0,40}+(?:\s[^<>]{0,200}+)?+>[^<]{0,200}+(?=</)""",
    re.IGNORECASE,
)
XMP_VALUE = re.compile(rb"""(?<=["'>])[^"'>]+(?=["']?$)""")

# Pictures contain one or two TIFF files; more of them are coincidence or malice.
MOST_HEADERS = 256
# Bytes of XMP that are searched; packets after them are overwritten as a whole.
MOST_XMP = 512 * 1024
GPS_TAG = 0x8825
ENTRY_BYTES = 12
# Bytes of a value by its TIFF type; GPS directories have no values of other types.
TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
MOST_ENTRIES = 512
# There are 32 GPS tags, and one entry that refers to their directory.
MOST_POSITION_ENTRIES, MOST_POSITION_DIRECTORIES = 64, 2

PNG_METADATA = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}
# Bytes of metadata that are searched; chunks after them are removed.
MOST_PNG_METADATA = 4 * 1024 * 1024
# The beginnings of text chunks that cannot be overwritten: compressed, or written in hex.
PNG_PROFILES = (b"Raw profile type ", b"XML:com.adobe.xmp\x00\x01")


def without_location(data: bytes) -> bytes:
    """
    Return the file `data`, of any format, without positions; `data` itself if there are none.

    Pixels stay as they are, and so does the size of all files except PNGs.
    """
    parts = _png_parts(data) if data.startswith(PNG_SIGNATURE) else _parts(data)
    pieces = [(begin, end, content) for begin, end, content in parts if content != data[begin:end]]
    return _replaced(data, pieces) if pieces else data


# Where a part of the file begins and ends, and what it becomes.
Part = tuple[int, int, bytes]


def _replaced(data: bytes, parts: list[Part]) -> bytes:
    """Return `data` with each of `parts`, in order, replaced by its content."""
    view, position, pieces = memoryview(data), 0, list[bytes | memoryview]()
    for begin, end, content in parts:
        pieces += [view[position:begin], content]
        position = end
    return b"".join([*pieces, view[position:]])


def _parts(data: bytes) -> Iterator[Part]:
    """Yield the metadata of a file other than a PNG, without positions."""
    blanking = _Blanking()
    for begin, end in metadata_spans(data):
        yield begin, end, blanking.applied_to(data[begin:end])


def _png_parts(data: bytes) -> Iterator[Part]:
    """Yield the metadata chunks of a PNG, without positions or removed, and the data after IEND."""
    blanking, room, end = _Blanking(), MOST_PNG_METADATA, len(PNG_SIGNATURE)
    try:
        for chunk in png_chunks(BytesIO(data)):
            end = min(chunk.end, len(data))
            if chunk.kind in PNG_METADATA:
                room -= chunk.content_end - chunk.content
                content = data[chunk.content : chunk.content_end]
                is_removed = room < 0 or content.startswith(PNG_PROFILES)
                blanked = b"" if is_removed else _png_chunk(chunk.kind, content, blanking)
                yield chunk.begin, end, blanked
    except Refusal:
        pass  # Too many chunks: the rest is treated as metadata.
    yield end, len(data), blanking.applied_to(data[end:])


def _png_chunk(kind: bytes, content: bytes, blanking: "_Blanking") -> bytes:
    """Return the PNG chunk of `content` without positions."""
    blanked = blanking.applied_to(content)
    checksum = zlib.crc32(kind + blanked).to_bytes(4, "big")
    return len(blanked).to_bytes(4, "big") + kind + blanked + checksum


class _Blanking:
    """Overwrites positions in the metadata of one file, up to limits for the whole file."""

    def __init__(self) -> None:
        self._headers = MOST_HEADERS
        self._xmp = MOST_XMP

    def applied_to(self, metadata: bytes) -> bytes:
        """Return `metadata` with positions overwritten."""
        blanked = bytearray(metadata)
        for header in islice(TIFF_HEADER.finditer(metadata), self._headers):
            self._headers -= 1
            _blank_directory(blanked, header.start(), "little" if header[0][:1] == b"I" else "big")
        for begin, end in _xmp_packets(metadata):
            self._xmp -= end - begin
            if self._xmp < 0:
                _overwrite(blanked, begin + len(XMP_BEGIN), end, b" ")
            else:
                _blank_xmp(blanked, begin, end)
        return bytes(blanked)


def _xmp_packets(metadata: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each XMP packet begins and where its last tag begins."""
    end = 0
    while (begin := metadata.find(XMP_BEGIN, end)) >= 0:
        if (end := metadata.find(XMP_END, begin)) < 0:
            return
        yield begin, end


def _blank_xmp(data: bytearray, begin: int, end: int) -> None:
    for position in XMP_POSITION.finditer(bytes(data[begin:end])):
        for value in XMP_VALUE.finditer(position[0]):
            start = begin + position.start()
            _overwrite(data, start + value.start(), start + value.end(), b" ")


def _blank_directory(data: bytearray, base: int, order: Literal["little", "big"]) -> None:
    """Empty the GPS directory, if there is one, of the TIFF file that begins at `base`."""

    def number(position: int, size: int) -> int:
        return int.from_bytes(data[position : position + size], order)

    directory = base + number(base + 4, 4)
    entries = _entries(directory, number(directory, 2), len(data))
    pointers = (entry for entry in entries if number(entry, 2) == GPS_TAG)
    for pointer in islice(pointers, MOST_POSITION_DIRECTORIES):
        positions = base + number(pointer + 8, 4)
        for entry in _entries(positions, number(positions, 2), len(data))[:MOST_POSITION_ENTRIES]:
            size = TYPE_BYTES.get(number(entry + 2, 2), 1) * number(entry + 4, 4)
            if 4 < size < 65536:
                value = base + number(entry + 8, 4)
                _overwrite(data, value, value + size)
            _overwrite(data, entry, entry + ENTRY_BYTES)
        _overwrite(data, positions, positions + 2)  # the number of entries


def _entries(directory: int, count: int, end: int) -> list[int]:
    """Return the positions of the entries of a TIFF directory that are inside the file."""
    begin = directory + 2
    room = max(0, end - begin) // ENTRY_BYTES
    return [begin + ENTRY_BYTES * i for i in range(min(count, room, MOST_ENTRIES))]


def _overwrite(data: bytearray, begin: int, end: int, filling: bytes = b"\0") -> None:
    end = min(end, len(data))
    if begin < end:
        data[begin:end] = filling * (end - begin)
