"""TODO docstring."""

from enum import StrEnum
from functools import cache
from math import isqrt

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.fingerprints.perceptual_hash import PerceptualHash

Bytes = npt.NDArray[np.uint8]


class Turn(StrEnum):
    """How a picture was turned over: one of the eight ways to lay it into a rectangle."""

    UPRIGHT = "upright"
    MIRRORED = "mirrored"  # left and right swapped
    FLIPPED = "flipped"  # top and bottom swapped
    HALF = "half"  # 180 degrees
    LEFT = "left"  # 90 degrees counter-clockwise
    RIGHT = "right"  # 90 degrees clockwise
    TRANSPOSED = "transposed"  # over the diagonal from the top left
    TRANSVERSED = "transversed"  # over the diagonal from the top right

    @property
    def inverse(self) -> "Turn":
        """The turn that undoes this one."""
        return {Turn.LEFT: Turn.RIGHT, Turn.RIGHT: Turn.LEFT}.get(self, self)

    def applied_to(self, image: Image.Image) -> Image.Image:
        """Return `image` turned so."""
        return image.transpose(_TRANSPOSES[self]) if self in _TRANSPOSES else image


_TRANSPOSES = {
    Turn.MIRRORED: Image.Transpose.FLIP_LEFT_RIGHT,
    Turn.FLIPPED: Image.Transpose.FLIP_TOP_BOTTOM,
    Turn.HALF: Image.Transpose.ROTATE_180,
    Turn.LEFT: Image.Transpose.ROTATE_90,
    Turn.RIGHT: Image.Transpose.ROTATE_270,
    Turn.TRANSPOSED: Image.Transpose.TRANSPOSE,
    Turn.TRANSVERSED: Image.Transpose.TRANSVERSE,
}


# Turns as first rows and columns swapped or not, then the signs of odd columns and of odd rows.
_SWAPPED = {Turn.LEFT, Turn.RIGHT, Turn.TRANSPOSED, Turn.TRANSVERSED}


_COLUMNS = {Turn.MIRRORED, Turn.HALF, Turn.RIGHT, Turn.TRANSVERSED}


_ROWS = {Turn.FLIPPED, Turn.HALF, Turn.LEFT, Turn.TRANSVERSED}


def turned(hash_: PerceptualHash, turn: Turn) -> PerceptualHash:
    """
    Return the hash of the picture turned by `turn`, of which `hash_` is the hash.

    Holds for hashes of the signs of cosine coefficients, square and row by row: exactly, but for
    coefficients that are all but zero. Where bits tell what is above the median, as ImageHash's
    phash does, those between it and zero come out wrong: a few of 64.

    >>> turned(turned(PerceptualHash(0xF731), Turn.LEFT), Turn.RIGHT).hex
    '000000000000f731'
    """
    data = np.frombuffer(bytes(hash_), dtype=np.uint8)
    return PerceptualHash.from_bytes(turned_bytes(data, turn).tobytes(), hash_.width)


def turned_bytes(hashes: Bytes, turn: Turn) -> Bytes:
    """Turn many hashes at once: shape (…, bytes), the first bit first, the result likewise."""
    if turn == Turn.UPRIGHT:
        return hashes
    side = isqrt(8 * hashes.shape[-1])
    if turn in _SWAPPED:
        bits = np.unpackbits(hashes, axis=-1)
        bits = bits.reshape(*hashes.shape[:-1], side, side).swapaxes(-1, -2)
        hashes = np.packbits(bits.reshape(*hashes.shape[:-1], side * side), axis=-1)
    return hashes ^ _negated(turn, side)


def in_all_turns(hash_: Bytes) -> Bytes:
    """Return one hash, shape (bytes,), in every turn: shape (8, bytes), in the order of Turn."""
    transposed = turned_bytes(hash_, Turn.TRANSPOSED)
    side = isqrt(8 * len(hash_))
    return np.stack(
        [(transposed if turn in _SWAPPED else hash_) ^ _negated(turn, side) for turn in Turn]
    )


@cache
def _negated(turn: Turn, side: int) -> Bytes:
    """Return the bits, packed, whose coefficients change their sign in `turn`."""
    odd = np.arange(side) % 2 == 1
    return np.packbits((odd & (turn in _COLUMNS)) ^ (odd & (turn in _ROWS))[:, None])
