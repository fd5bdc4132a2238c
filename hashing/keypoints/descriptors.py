"""
Orientations and descriptors of keypoints.

The orientation of a patch points from its middle to its centre of brightness (ORB; Rublee et al.,
"ORB: an efficient alternative to SIFT or SURF", 2011). Turned by that angle, the patch is described
as a whole picture is by its fine hash: by the signs of its lowest cosine frequencies. The signs of
different frequencies hardly depend on each other, so 64 of them tell as much as several hundred
comparisons of brightness do. Mirroring or inverting a picture changes the signs of certain
frequencies and nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.corners import Chosen
from hashing.keypoints.pyramid import LONG_SIDE, Level, SmoothLevels
from hashing.search import Hashes

Angles = npt.NDArray[np.uint8]
Masks = npt.NDArray[np.uint32]

BITS, KEY_BITS, UNSURE_BITS = 64, 22, 6
ANGLES = 256
# The patch is a square of SAMPLES by SAMPLES places that reaches REACH pixels to each side; the
# orientation is that of a disc.
SAMPLES, REACH, RADIUS = 16, 12, 12


def _frequencies() -> npt.NDArray[np.int64]:
    """
    Return the frequencies of the bits, down and across, shape (BITS, 2).

    The first KEY_BITS are those by which descriptors are looked up. Frequencies that are odd along
    the orientation only are left out there: turning the patch to its orientation decides many of
    their signs. So is the lowest one across it, which is nearly zero.
    """
    down, across = np.divmod(np.arange(SAMPLES**2), SAMPLES)
    lowest = np.lexsort((across, down**2 + across**2))
    told = (down == 0) & (across <= 1)  # the mean, and the orientation itself
    chosen = lowest[~told[lowest]][:BITS]
    is_settled = ((down % 2 == 0) & (across % 2 == 1)) | ((down == 1) & (across == 0))
    key = chosen[~is_settled[chosen]][:KEY_BITS]
    others = chosen[~np.isin(chosen, key)]
    ordered = np.concatenate([key, others])
    return np.stack([down[ordered], across[ordered]], axis=1)


def _packed(bits: npt.NDArray[np.bool_]) -> Hashes:
    """Return rows of 64 bits as integers, the first bit highest."""
    return np.packbits(bits, axis=-1).view(">u8")[..., 0].astype(np.uint64)


_FREQUENCIES = _frequencies()
_IS_ODD = _FREQUENCIES % 2 == 1
# Bits that change if the picture is mirrored (the patch then is mirrored along its orientation),
# and if light and dark are swapped (the patch then is turned by half as well).
MIRRORED_BITS = _packed(_IS_ODD[:, 0])
NEGATIVE_BITS = _packed(_IS_ODD[:, 0] == _IS_ODD[:, 1])

_PADDING = int(np.ceil(REACH * np.sqrt(2))) + 1
_STRIDE = LONG_SIDE + 2 * _PADDING


def _waves() -> npt.NDArray[np.float32]:
    """Return each frequency at each place of a patch, without its mean: (SAMPLES ** 2, BITS)."""
    cosines = np.cos(
        np.pi / (2 * SAMPLES) * np.outer(np.arange(SAMPLES), 2 * np.arange(SAMPLES) + 1)
    )
    down, across = _FREQUENCIES.T
    waves = cosines[down][:, :, None] * cosines[across][:, None, :]
    return np.ascontiguousarray(waves.reshape(BITS, -1).T, dtype=np.float32)


def _places() -> npt.NDArray[np.int64]:
    """Return where a patch at each angle is sampled, from its middle: (ANGLES, SAMPLES ** 2)."""
    side = (np.arange(SAMPLES) + 0.5) * (2 * REACH / SAMPLES) - REACH
    y, x = (axis.ravel() for axis in np.meshgrid(side, side, indexing="ij"))
    angles = np.arange(ANGLES)[:, None] * (2 * np.pi / ANGLES)
    across = np.rint(np.cos(angles) * x - np.sin(angles) * y).astype(np.int64)
    down = np.rint(np.sin(angles) * x + np.cos(angles) * y).astype(np.int64)
    places: npt.NDArray[np.int64] = down * _STRIDE + across
    return places


_WAVES, _PLACES = _waves(), _places()
# Natural pictures have less of a frequency the higher it is; this makes their shares comparable.
_EVENING = np.hypot(*_FREQUENCIES[:KEY_BITS].T).astype(np.float32)

_SIDE = np.arange(-RADIUS, RADIUS + 1)
_DISC_Y, _DISC_X = (_SIDE[axis] for axis in np.nonzero(_SIDE[:, None] ** 2 + _SIDE**2 <= RADIUS**2))
_DISC = _DISC_Y * _STRIDE + _DISC_X
_MOMENTS = np.stack([_DISC_X, _DISC_Y], axis=1).astype(np.float32)


class Described(NamedTuple):
    """
    What tells keypoints from others, shape (n,) each.

    `angles` are shares of 256 of a full turn, `hashes` the signs of the frequencies. `unsure` has
    the UNSURE_BITS of the KEY_BITS highest bits that are most likely to differ in a copy.
    """

    angles: Angles
    hashes: Hashes
    unsure: Masks


def describe(pictures: list[Level], chosen: Chosen) -> Described:
    """Return the descriptors of the corners `chosen` in the levels of a picture."""
    if not len(chosen.level):
        empty = np.empty(0, dtype=np.uint64)
        return Described(empty.astype(np.uint8), empty, empty.astype(np.uint32))
    smooth = SmoothLevels.of(pictures, _STRIDE, _PADDING)
    middles = smooth.origins[chosen.level] + (
        np.rint(chosen.y).astype(np.int64) * _STRIDE + np.rint(chosen.x).astype(np.int64)
    )
    angles = _orientations(smooth, middles)
    patches = smooth.flat.take(middles[:, None] + _PLACES[angles]).astype(np.float32)
    strengths = patches @ _WAVES
    return Described(angles, _packed(strengths > 0), _unsure(strengths[:, :KEY_BITS]))


def _orientations(smooth: SmoothLevels, middles: npt.NDArray[np.int64]) -> Angles:
    """Return the direction of the centre of brightness."""
    patches = smooth.flat.take(middles[:, None] + _DISC).astype(np.float32)
    right, down = (patches @ _MOMENTS).T
    turns = np.arctan2(down, right) * (ANGLES / (2 * np.pi))
    angles: Angles = (np.rint(turns).astype(np.int64) % ANGLES).astype(np.uint8)
    return angles


def _unsure(strengths: npt.NDArray[np.float32]) -> Masks:
    """Return masks of the weakest signs of each row."""
    sureness = np.abs(strengths) * _EVENING
    weakest = np.argpartition(sureness, UNSURE_BITS, axis=1)[:, :UNSURE_BITS]
    masks: Masks = (np.uint32(1) << (KEY_BITS - 1 - weakest).astype(np.uint32)).sum(
        axis=1, dtype=np.uint32
    )
    return masks
