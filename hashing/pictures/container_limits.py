"""
Of how many parts a file is made.

Decoders walk through the segments of a JPEG, the chunks of a PNG and the blocks of a GIF one by
one and keep much of what they find. Ten megabytes of empty ones took them over four seconds and 350
megabytes, so they are counted before a decoder sees them.
"""

from collections.abc import Callable, Iterator
from io import SEEK_CUR
from itertools import islice
from typing import BinaryIO

from PIL.JpegImagePlugin import MARKER

from hashing.exceptions import Refusal

# A GIF of fifty megabytes has 200,000 blocks of pixels; cameras write a few hundred parts.
MAX_PARTS = 250_000

SCAN = b"\xda"  # the marker before the pixels of a JPEG
EXTENSION, IMAGE, TRAILER = b"!,;"


def refuse_many_parts(file: BinaryIO) -> None:
    """Raise Refusal if the JPEG, PNG or GIF in `file` has more than `MAX_PARTS` parts."""
    file.seek(0)
    beginning = file.read(8)
    file.seek(0)
    for signature, parts in _WALKS.items():
        if beginning.startswith(signature):
            if next(islice(parts(file), MAX_PARTS, None), None) is not None:
                raise too_many_parts()
            return


def too_many_parts() -> Refusal:
    """Return the refusal of a file that would keep decoders busy."""
    return Refusal(
        "too_many_parts",
        f"This file consists of more than {MAX_PARTS:,} parts, which no camera writes. "
        "Export it again as an ordinary picture.",
    )


def _jpeg_parts(file: BinaryIO) -> Iterator[int]:
    """Yield where each segment before the pixels ends, and each byte between segments."""
    file.seek(2)
    byte = file.read(1)
    while byte:
        marker = file.read(1) if byte == b"\xff" else b""
        if marker == SCAN:
            return
        if _has_length(marker):
            file.seek(max(0, int.from_bytes(file.read(2), "big") - 2), SEEK_CUR)
        yield file.tell()
        # FF FF is filling: the second one may begin a marker.
        byte = marker if marker == b"\xff" else file.read(1)


def _has_length(marker: bytes) -> bool:
    """Tell whether Pillow passes over what follows `marker`, and not over each byte of it."""
    return bool(marker) and MARKER.get(0xFF00 + marker[0], ("", "", None))[2] is not None


def _png_parts(file: BinaryIO) -> Iterator[int]:
    """Yield where each chunk ends."""
    file.seek(8)
    while len(header := file.read(8)) == 8 and header[4:] != b"IEND":
        file.seek(int.from_bytes(header[:4], "big") + 4, SEEK_CUR)
        yield file.tell()


def _gif_parts(file: BinaryIO) -> Iterator[int]:
    """Yield where each block up to the second picture ends, and each byte between blocks."""
    data = file.read()
    position, images = 13 + _colour_table(data[10:11]), 0
    while position < len(data) and images < 2:
        kind = data[position]
        if kind == TRAILER:
            return
        if kind == EXTENSION:
            position += 2
        elif kind == IMAGE:
            images += 1
            position += 11 + _colour_table(data[position + 9 : position + 10])
        while kind in (EXTENSION, IMAGE) and position < len(data) and (size := data[position]):
            position += 1 + size
            yield position
        position += 1
        yield position


def _colour_table(flags: bytes) -> int:
    """Return of how many bytes the colour table is that these flags, one byte, announce."""
    return 3 << (flags[0] % 8 + 1) if flags and flags[0] & 0x80 else 0


_WALKS: dict[bytes, Callable[[BinaryIO], Iterator[int]]] = {
    b"\xff\xd8": _jpeg_parts,
    b"\x89PNG": _png_parts,
    b"GIF8": _gif_parts,
}
