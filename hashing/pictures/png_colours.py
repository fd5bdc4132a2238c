"""
The chunks of a PNG that are about colours.

Pillow rejects a file in which one of them is damaged; browsers show the picture without it.

Sources: PNG specification, third edition (W3C), sections 5.3 (layout of chunks) and 11.3.2.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO

from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.containers import PNG_SIGNATURE, Chunk, png_chunks

# The length in bytes of each chunk about colours, None if it varies.
LENGTHS = {
    b"cICP": 4,
    b"mDCV": 24,
    b"cLLI": 8,
    b"cHRM": 32,
    b"gAMA": 4,
    b"sRGB": 1,
    b"iCCP": None,
}
MAX_NAME_BYTES = 79
DEFLATE = 0


def without_damaged_colours(file: BinaryFile) -> BinaryFile:
    """Return `file`, or a copy without damaged chunks about colours if it is a PNG with some."""
    file.seek(0)
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return file
    damaged = [chunk for chunk in _colour_chunks(file) if not _is_sound(file, chunk)]
    return _without(file, damaged) if damaged else file


def colour_chunks(file: BinaryFile) -> dict[bytes, bytes]:
    """Return the contents of the chunks about colours in a PNG, without damaged ones."""
    contents = {}
    for chunk in _colour_chunks(file):
        if _is_sound(file, chunk):
            file.seek(chunk.content)
            contents[chunk.kind] = file.read(chunk.content_end - chunk.content)
    return contents


def _colour_chunks(file: BinaryFile) -> Iterator[Chunk]:
    for chunk in png_chunks(file):
        if chunk.kind == b"IDAT":
            return
        if chunk.kind in LENGTHS:
            yield chunk


def _is_sound(file: BinaryFile, chunk: Chunk) -> bool:
    file.seek(chunk.content)
    content, checksum = file.read(chunk.content_end - chunk.content), file.read(4)
    if zlib.crc32(chunk.kind + content) != int.from_bytes(checksum, "big"):
        return False
    if chunk.kind != b"iCCP":
        return len(content) == LENGTHS[chunk.kind]
    name_end = content.find(b"\0", 0, MAX_NAME_BYTES + 1)
    return name_end > 0 and content[name_end + 1 : name_end + 2] == bytes((DEFLATE,))


def _without(file: BinaryFile, chunks: list[Chunk]) -> BytesIO:
    """Return a copy of `file` without `chunks`, which are in order."""
    file.seek(0)
    data = file.read()
    ends = [0, *(chunk.end for chunk in chunks)]
    begins = [*(chunk.begin for chunk in chunks), len(data)]
    return BytesIO(b"".join(data[end:begin] for end, begin in zip(ends, begins, strict=True)))
