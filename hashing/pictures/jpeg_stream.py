"""A walk over a whole JPEG file: the digest of all but its metadata, and its scans."""

import hashlib
from dataclasses import dataclass, field
from io import BytesIO

import numpy as np
import numpy.typing as npt

from hashing.pictures.containers import (
    APP0,
    APP14,
    APP15,
    COM,
    EOI,
    RST0,
    SOS,
    JpegSegment,
    jpeg_segments,
)
from hashing.pictures.refusals import too_many_scans, truncated

# Bytes of coded pixels searched at a time, about what fits into the processor's cache.
CHUNK = 256 * 1024

# More scans than any camera or encoder writes, few enough to decode in a moment.
MAX_SCANS = 200


@dataclass(frozen=True)
class JpegStream:
    """
    The digest of a JPEG without its metadata, and the number of its scans.

    Its header, with the metadata, ends before the byte `head_end`, and the picture before `end`.
    """

    digest: str
    scans: int
    head_end: int = field(compare=False)
    end: int = field(compare=False)


def jpeg_stream(data: bytes, orientation: int = 1) -> JpegStream:
    """
    Walk the JPEG in `data` from SOI to EOI without decoding it.

    The digest leaves out the segments APPn (except APP14, which says how colours are coded) and
    COM, and everything after EOI. An EXIF `orientation` other than 1 (upright) changes it, because
    it changes what people see.
    Raises Refusal for a file that ends before EOI, or has too many parts or scans.
    """
    sha = hashlib.sha256(b"" if orientation == 1 else b"orientation %d" % orientation)
    view, scans, head_end = memoryview(data), 0, 0
    file = BytesIO(data)
    for segment in jpeg_segments(file):
        if segment.marker == EOI:
            digest = f"jpegscan1:{sha.hexdigest()}"
            return JpegStream(digest, scans, head_end or segment.begin, segment.end)
        end = _checked_end(segment, len(data))
        if segment.marker == SOS:
            scans += 1
            head_end = head_end or segment.begin
            if scans > MAX_SCANS:
                raise too_many_scans(MAX_SCANS)
            end = coded_pixels_end(data, end)
            file.seek(end)
        if not is_metadata(segment.marker):
            sha.update(view[segment.begin : end])
    raise truncated()


def _checked_end(segment: JpegSegment, size: int) -> int:
    """Return the end of `segment`; raise Refusal if it is not in a file of `size` bytes."""
    if segment.end > size or segment.length in (0, 1):
        raise truncated()
    return segment.end


def coded_pixels_end(data: bytes, position: int) -> int:
    """
    Return where the coded pixels that begin at `position` end, which is at the next marker.

    Raises Refusal if the file ends before.
    """
    coded = np.frombuffer(data, dtype=np.uint8)
    for begin in range(position, len(coded) - 1, CHUNK):
        chunk = coded[begin : begin + CHUNK + 1]
        # FF 00 is a pixel byte FF. Anything else after FF is rare, so most chunks end here.
        escapes = chunk[:-1] == 0xFF
        escapes &= chunk[1:] != 0
        if escapes.any() and (markers := _markers(chunk, escapes)).size:
            return begin + int(markers[0])
    raise truncated()


def _markers(chunk: npt.NDArray[np.uint8], escapes: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the positions of `escapes` that are neither filling (FF FF) nor restart markers."""
    positions = np.flatnonzero(escapes)
    following = chunk[1:][positions]
    is_marker: npt.NDArray[np.bool_] = (following != 0xFF) & (following & 0xF8 != RST0)
    return positions[is_marker]


def is_metadata(marker: int) -> bool:
    """Return whether the segment of `marker` can be left out without changing the pixels."""
    return marker == COM or (APP0 <= marker <= APP15 and marker != APP14)
