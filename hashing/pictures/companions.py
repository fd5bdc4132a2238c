"""
What a photograph carries beside its pixels: a video, a gain map, a depth map, further views.

Sources: Google's "Motion Photo format" and "Ultra HDR image format", CIPA DC-007 (MPO), Google's
"Depthmap metadata", ISO/IEC 23008-12 (auxiliary images of HEIC), and the names that Apple gives
its auxiliary images.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress

from hashing.exceptions import Refusal
from hashing.pictures.containers import IsoBox, iso_boxes
from hashing.pictures.holdings import Companion

# An MP4 or QuickTime file begins with the size of its first box and these brands.
VIDEO = re.compile(rb"ftyp(?:mp4|isom|iso[2-9]|avc1|hvc1|qt  |M4V|3gp|mmp4)")
JPEG_BEGIN = b"\xff\xd8\xff"
GAIN_MAP = re.compile(rb"hdrgm:Version|hdrgainmap|iso:21496:-1|Semantic=.GainMap")
DEPTH_MAP = re.compile(rb"GDepth:|Semantic=.Depth|[Dd]epth[Mm]ap|aux:d(?:epth|isparity)")
STORED_IN_XMP = re.compile(rb"GDepth:Data|GDepth:Mime")
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/"
# Kinds of auxiliary images, as substrings of their URNs.
GAIN_MAP_ITEM = re.compile(rb"hdrgainmap|\btmap\b")
DEPTH_MAP_ITEM = re.compile(rb"hevc:2015:auxid:2|aux:disparity|aux:depth|auxiliary:depth")
# A group of two items: the views of both eyes.
STEREO = b"ster"
# The index of a multi-picture file, its field that lists the pictures, and the types of those that
# show the scene from elsewhere: a panorama, for both eyes, from several angles.
MPF, MP_ENTRIES, MOST_ENTRIES = b"MPF\0", 0xB002, 100
VIEWS = frozenset({0x020001, 0x020002, 0x020003})


def jpeg_companions(head: bytes, trailer: bytes) -> tuple[Companion, ...]:
    """
    Return what comes along with a JPEG.

    `head` is the file up to its coded pixels and `trailer` what follows the picture.
    """
    return tuple(_of_jpeg(head, trailer))


def _of_jpeg(head: bytes, trailer: bytes) -> Iterator[Companion]:
    has_pictures = JPEG_BEGIN in trailer
    if VIDEO.search(trailer):
        yield Companion.VIDEO
    if has_pictures and (GAIN_MAP.search(head) or GAIN_MAP.search(trailer)):
        yield Companion.GAIN_MAP
    is_in_xmp = EXTENDED_XMP in head and STORED_IN_XMP.search(head)
    if is_in_xmp or (has_pictures and (DEPTH_MAP.search(head) or DEPTH_MAP.search(trailer))):
        yield Companion.DEPTH_MAP
    if has_pictures and not VIEWS.isdisjoint(_kinds_of_pictures(head)):
        yield Companion.VIEWS


def _kinds_of_pictures(head: bytes) -> list[int]:
    """Return the types that the multi-picture index (MPF) gives the pictures in a JPEG file."""
    begin = head.find(MPF)
    if begin < 0:
        return []
    tiff = head[begin + len(MPF) :]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (directory,) = struct.unpack_from(order + "I", tiff, 4)
        (fields,) = struct.unpack_from(order + "H", tiff, directory)
        for number in range(fields):
            place = directory + 2 + 12 * number
            tag, _, size, offset = struct.unpack_from(order + "HHII", tiff, place)
            if tag == MP_ENTRIES:
                entries = range(offset, offset + min(size, MOST_ENTRIES * 16), 16)
                return [struct.unpack_from(order + "I", tiff, at)[0] & 0xFFFFFF for at in entries]
    except struct.error:
        pass  # the index ends early
    return []


def heif_companions(data: bytes) -> tuple[Companion, ...]:
    """Return what comes along with an AVIF or HEIC file."""
    found: list[Companion] = []
    with suppress(Refusal):
        for box in iso_boxes(data, 0, len(data)):
            found += _of_box(data, box)
    return tuple(dict.fromkeys(found))


def _of_box(data: bytes, box: IsoBox) -> Iterator[Companion]:
    """Yield what a box at the top of the file announces."""
    span = (box.content, box.end)
    if box.kind == b"mpvd" or (box.kind == b"mdat" and VIDEO.search(data, *span)):
        yield Companion.VIDEO
    if box.kind == b"meta":
        if GAIN_MAP_ITEM.search(data, *span):
            yield Companion.GAIN_MAP
        if DEPTH_MAP_ITEM.search(data, *span):
            yield Companion.DEPTH_MAP
        if data.find(STEREO, *span) >= 0:
            yield Companion.VIEWS
