"""
The eight turns of a picture (the dihedral group D4), applied to pictures and to hashes.

Turning a picture needs no pixels to be hashed again: mirroring changes the sign of every other
coefficient of its cosine transform, and a quarter turn swaps rows and columns, so the hash of the
turned picture follows from the bits of the hash.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from math import isqrt

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.fingerprints.perceptual_hash import PerceptualHash

Bytes = npt.NDArray[np.uint8]
"""Hashes packed to bytes, first bits first, shape (…, bytes)."""


class Turn(StrEnum):
    """One of the eight ways to mirror a picture and rotate it by quarter turns."""

    UPRIGHT = "upright"
    MIRRORED = "mirrored"  # left and right swapped
    FLIPPED = "flipped"  # top and bottom swapped
    HALF = "half"  # 180 degrees
    LEFT = "left"  # 90 degrees counter-clockwise
    RIGHT = "right"  # 90 degrees clockwise
    TRANSPOSED = "transposed"  # mirrored along the diagonal from the top left
    TRANSVERSED = "transversed"  # mirrored along the diagonal from the top right

    @property
    def inverse(self) -> Turn:
        """The turn that undoes this one."""
        return {Turn.LEFT: Turn.RIGHT, Turn.RIGHT: Turn.LEFT}.get(self, self)

    def applied_to(self, image: Image.Image) -> Image.Image:
        """Return `image` after this turn."""
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


# Every turn of coefficients can be made in three steps: swap rows and columns, change the signs
# of odd columns, change the signs of odd rows. These are the turns that take each step.
_SWAPPED = {Turn.LEFT, Turn.RIGHT, Turn.TRANSPOSED, Turn.TRANSVERSED}
_COLUMNS = {Turn.MIRRORED, Turn.HALF, Turn.RIGHT, Turn.TRANSVERSED}
_ROWS = {Turn.FLIPPED, Turn.HALF, Turn.LEFT, Turn.TRANSVERSED}


def turned(hash_: PerceptualHash, turn: Turn) -> PerceptualHash:
    """
    Return the hash that a picture of the hash `hash_` has after `turn`.

    For hashes of the signs of DCT coefficients, laid out as a square row by row. It is exact except
    for coefficients close to zero. For hashes that compare with the median, as ImageHash's phash
    does, bits of coefficients between the median and zero are wrong: a few of 64.

    >>> turned(turned(PerceptualHash(0xF731), Turn.LEFT), Turn.RIGHT).hex
    '000000000000f731'
    """
    data = np.frombuffer(bytes(hash_), dtype=np.uint8)
    return PerceptualHash.from_bytes(turned_bytes(data, turn).tobytes(), hash_.width)


def turned_bytes(hashes: Bytes, turn: Turn) -> Bytes:
    """Return `hashes`, shape (…, bytes), first bits first, after `turn`, in the same shape."""
    if turn == Turn.UPRIGHT:
        return hashes
    side = isqrt(8 * hashes.shape[-1])
    if turn in _SWAPPED:
        bits = np.unpackbits(hashes, axis=-1)
        bits = bits.reshape(*hashes.shape[:-1], side, side).swapaxes(-1, -2)
        hashes = np.packbits(bits.reshape(*hashes.shape[:-1], side * side), axis=-1)
    return hashes ^ _negated(turn, side)


def in_all_turns(hash_: Bytes) -> Bytes:
    """Return one hash, shape (bytes,), after every turn: shape (8, bytes), in Turn's order."""
    transposed = turned_bytes(hash_, Turn.TRANSPOSED)
    side = isqrt(8 * len(hash_))
    return np.stack(
        [(transposed if turn in _SWAPPED else hash_) ^ _negated(turn, side) for turn in Turn]
    )


@cache
def _negated(turn: Turn, side: int) -> Bytes:
    """Return a mask, packed to bytes, of the coefficients whose sign changes in `turn`."""
    odd = np.arange(side) % 2 == 1
    return np.packbits((odd & (turn in _COLUMNS)) ^ (odd & (turn in _ROWS))[:, None])
