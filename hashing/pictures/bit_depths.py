"""How many bits each colour has in a file; Pillow decodes most files to eight."""

from __future__ import annotations

import re
from io import SEEK_SET

from hashing.pictures.binary_file import BinaryFile

# Where the header of a PNG has the depth and the type of its colours (W3C, section 11.2.1).
PNG_DEPTH, PALETTE = 24, 3
# The box "pixi" of AVIF and HEIC: version and flags, the number of channels, then their bits
# (ISO/IEC 23008-12, section 6.5.6).
PIXEL_BITS = re.compile(rb"pixi\0{4}([\x01-\x04])")
# The boxes of items are at the beginning.
HEAD_BYTES = 256 * 1024


def bit_depth(file: BinaryFile, format: str) -> int:
    """Return the number of bits of each colour: 8, or more in a PNG, AVIF or HEIC."""
    position = file.tell()
    file.seek(0, SEEK_SET)
    if format == "PNG":
        depth = _png_depth(file.read(PNG_DEPTH + 2))
    elif format in ("AVIF", "HEIF"):
        depth = _item_depth(file.read(HEAD_BYTES))
    else:
        depth = 8
    file.seek(position)
    return depth


def _png_depth(header: bytes) -> int:
    """Return 16 or 8: files of fewer bits show nothing that eight bits cannot."""
    *_, depth, colours = header
    return 8 if colours == PALETTE else max(8, depth)


def _item_depth(head: bytes) -> int:
    depths = [8]
    for found in PIXEL_BITS.finditer(head):
        channels = head[found.end() : found.end() + found[1][0]]
        depths += [bits for bits in channels if bits <= 16]
    return max(depths)
