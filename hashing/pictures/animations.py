"""How many frames an animation has, and how long it takes, from its container alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hashing.exceptions import Refusal
from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.containers import EXTENSION, IMAGE, gif_blocks, png_chunks, riff_chunks

# The label of a GIF extension that says how long the next frame is shown.
GRAPHIC_CONTROL = 0xF9


class Animation(NamedTuple):
    """The number of frames, and the sum of the times that they are shown, in seconds."""

    frames: int = 1
    seconds: float = 0.0


def animation(file: BinaryFile, format: str) -> Animation:
    """
    Return the animation in a GIF, PNG or WebP; one frame for every other file, or a damaged one.

    Sources: GIF89a, section 23; PNG specification (W3C, third edition), section 11.3.4.2 (fcTL);
    Google's "WebP Container Specification" (ANMF).
    """
    readers = {"GIF": _gif, "PNG": _png, "WEBP": _webp}
    if format not in readers:
        return Animation()
    position = file.tell()
    try:
        times = list(readers[format](file))
    except Refusal:
        times = []
    file.seek(position)
    return Animation(len(times), round(sum(times), 3)) if len(times) > 1 else Animation()


def _gif(file: BinaryFile) -> Iterator[float]:
    delay = 0.0
    for block in list(gif_blocks(file)):
        if block.kind == EXTENSION:
            file.seek(block.begin + 1)
            head = file.read(5)
            if head[:1] == bytes([GRAPHIC_CONTROL]):
                delay = int.from_bytes(head[3:5], "little") / 100
        elif block.kind == IMAGE:
            yield delay
            delay = 0.0


def _png(file: BinaryFile) -> Iterator[float]:
    for chunk in png_chunks(file):
        if chunk.kind == b"fcTL":
            file.seek(chunk.content + 20)
            fraction = file.read(4)
            # A denominator of zero counts as a hundred.
            yield int.from_bytes(fraction[:2], "big") / (int.from_bytes(fraction[2:], "big") or 100)


def _webp(file: BinaryFile) -> Iterator[float]:
    for chunk in riff_chunks(file):
        if chunk.kind == b"ANMF":
            file.seek(chunk.content + 12)
            yield int.from_bytes(file.read(3), "little") / 1000
