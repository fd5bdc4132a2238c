"""TODO docstring."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.exceptions import Refusal
from hashing.pictures.container_limits import MAX_PARTS, too_many_parts

SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE


APP0, APP14, APP15 = 0xE0, 0xEE, 0xEF  # APP14 says how the colours are coded, so it counts


RST0, RST7, TEM = 0xD0, 0xD7, 0x01  # markers that stand alone, like SOI and EOI


# Bytes of coded pixels that are searched at a time: about what a processor keeps at hand.
CHUNK = 256 * 1024


# More scans than any camera or encoder writes, few enough to decode in a moment.
MAX_SCANS = 200


@dataclass(frozen=True)
class JpegStream:
    """What a walk over the markers of a JPEG tells without decoding it."""

    digest: str
    scans: int


def jpeg_stream(data: bytes, orientation: int = 1) -> JpegStream:
    """
    Walk the JPEG in `data` from SOI to EOI and digest all but its metadata.

    APPn (but for APP14) and COM segments are passed over, and so is all that follows EOI.
    An `orientation` that turns the picture counts, because it changes what is seen.
    Raises Refusal for a stream that breaks off before EOI, or with too many scans.
    """
    sha = hashlib.sha256(b"" if orientation == 1 else b"orientation %d" % orientation)
    view = memoryview(data)
    position, scans, parts = 2, 0, 0
    while True:
        marker, start = _next_marker(data, position)
        parts += start - 1 - position  # this one, and each byte that was passed over
        if parts > MAX_PARTS:
            raise too_many_parts()
        if marker == EOI:
            return JpegStream(f"jpegscan1:{sha.hexdigest()}", scans)
        position = _segment_end(data, marker, start)
        if marker == SOS:
            scans += 1
            if scans > MAX_SCANS:
                raise _too_many_scans()
            position = _entropy_end(data, position)
        if not _is_metadata(marker):
            sha.update(view[start - 2 : position])


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    """Return the marker at or after `position` and where its segment's length stands."""
    end = position + MAX_PARTS + 1
    position = data.find(b"\xff", position, end)
    while 0 <= position < len(data) - 1 and data[position + 1] in (0xFF, 0x00):
        position = data.find(b"\xff", position + 1, end)
    if position < 0 and end < len(data):
        raise too_many_parts()
    if not 0 <= position < len(data) - 1:
        raise truncated()
    return data[position + 1], position + 2


def _segment_end(data: bytes, marker: int, start: int) -> int:
    if marker in (SOI, TEM) or RST0 <= marker <= RST7:
        return start
    length = int.from_bytes(data[start : start + 2], "big")
    if length < 2 or start + length > len(data):
        raise truncated()
    return start + length


def _entropy_end(data: bytes, position: int) -> int:
    """Return where the coded pixels that begin at `position` end: at the next real marker."""
    coded = np.frombuffer(data, dtype=np.uint8)
    for begin in range(position, len(coded) - 1, CHUNK):
        chunk = coded[begin : begin + CHUNK + 1]
        # FF 00 is a pixel byte FF. What else follows FF is rare, so most chunks end here.
        escapes = chunk[:-1] == 0xFF
        escapes &= chunk[1:] != 0
        if escapes.any() and (markers := _markers(chunk, escapes)).size:
            return begin + int(markers[0])
    raise truncated()


def _markers(chunk: npt.NDArray[np.uint8], escapes: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return which of `escapes` are neither filling, FF FF, nor restarts, FF D0 to FF D7."""
    places = np.flatnonzero(escapes)
    following = chunk[1:][places]
    return places[(following != 0xFF) & (following & 0xF8 != RST0)]


def _is_metadata(marker: int) -> bool:
    return marker == COM or (APP0 <= marker <= APP15 and marker != APP14)


def _too_many_scans() -> Refusal:
    return Refusal(
        "too_many_scans",
        f"This JPEG has more than {MAX_SCANS} scans, which no camera writes. "
        "Export it again as an ordinary JPEG.",
    )


def truncated() -> Refusal:
    """Return the refusal of a file that breaks off before the picture is whole."""
    return Refusal(
        "truncated",
        "This file ends too early, so part of the picture is missing. "
        "Copy or export it again from where you have it whole.",
    )
