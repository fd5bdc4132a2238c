"""
A file without the place where it was taken, and otherwise the same to the byte.

Positions stand in the GPS directory of EXIF, which is a small TIFF file inside the picture, and
in XMP, which is XML. Both are blanked where they stand, so that nothing moves and no pixel is
decoded. What compresses its metadata (some PNGs) loses those parts of it.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice

# All repetitions are bounded and give nothing back (the + behind them), so that no file makes the
# search quadratic.
TIFF_HEADER = re.compile(rb"II\*\x00|MM\x00\*")
XMP_BEGIN, XMP_END = b"<x:xmpmeta", b"</x:xmpmeta>"
XMP_POSITION = re.compile(
    rb"""GPS\w{0,40}+\s{0,9}+=\s{0,9}+(?:"[^"]{0,200}+"|'[^']{0,200}+')"""
    rb"""|(?<=GPS)\w{0,40}+(?:\s[^<>]{0,200}+)?+>[^<]{0,200}+(?=</)""",
    re.IGNORECASE,
)
XMP_VALUE = re.compile(rb"""(?<=["'>])[^"'>]+(?=["']?$)""")

# Pictures hold one or two TIFF files; more are chance or malice.
MOST_HEADERS = 256
# Bytes of XMP that are looked through; what comes after them is blanked as a whole.
MOST_XMP = 512 * 1024
GPS_TAG = 0x8825
ENTRY_BYTES = 12
# Bytes of a value by its TIFF type; a directory of positions never has another one.
TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}
MOST_ENTRIES = 512
# There are 32 tags that tell of a position, and one entry that says where they stand.
MOST_POSITION_ENTRIES, MOST_POSITION_DIRECTORIES = 64, 2

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_METADATA = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}
# Bytes of metadata that are looked through; chunks after them are left out.
MOST_PNG_METADATA = 4 * 1024 * 1024
# Text chunks whose words cannot be blanked in place: compressed, or written in hex.
PNG_PROFILES = (b"Raw profile type ", b"XML:com.adobe.xmp\x00\x01")


def without_location(data: bytes) -> bytes:
    """Return the file `data` of any format without positions; the same one if it has none."""
    if data.startswith(PNG_SIGNATURE):
        return _png_without_location(data)
    blanked = bytearray(data)
    _blank(blanked)
    return bytes(blanked)


def _blank(data: bytearray) -> None:
    for header in list(islice(TIFF_HEADER.finditer(data), MOST_HEADERS)):
        _blank_directory(data, header.start(), "little" if header[0][:1] == b"I" else "big")
    looked_through = 0
    for begin, end in _xmp_packets(data):
        looked_through += end - begin
        if looked_through > MOST_XMP:
            _zero(data, begin + len(XMP_BEGIN), end, b" ")
            continue
        for position in XMP_POSITION.finditer(bytes(data[begin:end])):
            for value in XMP_VALUE.finditer(position[0]):
                start = begin + position.start()
                _zero(data, start + value.start(), start + value.end(), b" ")


def _xmp_packets(data: bytearray) -> Iterator[tuple[int, int]]:
    end = 0
    while (begin := data.find(XMP_BEGIN, end)) >= 0 and (end := data.find(XMP_END, begin)) >= 0:
        yield begin, end


def _blank_directory(data: bytearray, base: int, order: str) -> None:
    """Empty the GPS directory, if it has one, of the TIFF file that begins at `base`."""

    def number(position: int, size: int) -> int:
        return int.from_bytes(data[position : position + size], order)

    directory = base + number(base + 4, 4)
    entries = _entries(directory, number(directory, 2), len(data))
    found = (entry for entry in entries if number(entry, 2) == GPS_TAG)
    for entry in islice(found, MOST_POSITION_DIRECTORIES):
        positions = base + number(entry + 8, 4)
        inner_entries = _entries(positions, number(positions, 2), len(data))
        for inner in inner_entries[:MOST_POSITION_ENTRIES]:
            size = TYPE_BYTES.get(number(inner + 2, 2), 1) * number(inner + 4, 4)
            if 4 < size < 65536:
                value = base + number(inner + 8, 4)
                _zero(data, value, value + size)
            _zero(data, inner, inner + ENTRY_BYTES)
        _zero(data, positions, positions + 2)  # a directory of no entries


def _entries(directory: int, count: int, end: int) -> list[int]:
    """Return where the entries of a directory stand, as far as they are inside the file."""
    begin = directory + 2
    room = max(0, end - begin) // ENTRY_BYTES
    return [begin + ENTRY_BYTES * i for i in range(min(count, room, MOST_ENTRIES))]


def _zero(data: bytearray, begin: int, end: int, filling: bytes = b"\0") -> None:
    end = min(end, len(data))
    if begin < end:
        data[begin:end] = filling * (end - begin)


def _png_without_location(data: bytes) -> bytes:
    parts, position, left = [PNG_SIGNATURE], len(PNG_SIGNATURE), MOST_PNG_METADATA
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if kind not in PNG_METADATA:
            parts.append(data[position:end])
        elif (left := left - length) >= 0:
            parts.append(_png_chunk(kind, data[position + 8 : end - 4]))
        position = end
    return b"".join([*parts, data[position:]])


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a metadata chunk without positions, or nothing where they cannot be blanked."""
    if content.startswith(PNG_PROFILES):
        return b""
    blanked = bytearray(content)
    _blank(blanked)
    checksum = zlib.crc32(kind + blanked).to_bytes(4, "big")
    return len(blanked).to_bytes(4, "big") + kind + bytes(blanked) + checksum
