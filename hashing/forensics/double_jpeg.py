"""
Whether a picture was a JPEG of lower quality before it became the file that it is.

A JPEG keeps the cosine coefficients of blocks of 8 by 8 pixels, each as a multiple of the step in
its quantisation table. Saved again, at whatever quality and in whatever format, its coefficients
still crowd around the multiples of the earlier, coarser steps: J. Lukáš and J. Fridrich,
"Estimation of primary quantization matrix in double compressed JPEG images", DFRWS 2003. If the
picture was mirrored, turned or cropped in between, the earlier blocks begin elsewhere, at one of
64 places: T. Bianchi and A. Piva, "Detection of nonaligned double JPEG compression based on
integer periodicity maps", IEEE TIFS 7(2), 2012. What a picture shows by itself is the same at all
64 places, so each is compared with the others.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hashing.pictures import jpeg_quality, standard_tables

Numbers = npt.NDArray[np.floating[Any]]
Luma = npt.NDArray[np.uint8]

# Sides of the middle of the picture that is looked at, and of the least that tells anything.
SIDE, LEAST_SIDE = 512, 64
# The coefficients that survive compression best: vertical and horizontal frequency. Across, down,
# and both: blocks that are all but flat crowd in one direction by themselves.
COEFFICIENTS = np.array(
    [(0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (3, 0), (1, 1), (1, 2), (2, 1)], dtype=np.int64
)
DIRECTIONS = np.repeat(np.arange(3), 3)
QUALITIES = np.arange(30, 98)
STEPS = np.arange(3, 80)
# Magnitudes are counted in whole levels; what is larger is left out.
LEVELS = 256
# How much more the coefficients have to crowd than elsewhere (0 not at all, 1 exactly), and how
# many of them. Of 177 photographs saved once, or never, none did; of 59 saved twice 57, mirrored
# or turned in between two of three, all but brightened ones within 3 of the quality found.
CROWDED, FEWEST = 0.2, 300
# Qualities this near to that of the file cannot be told from it: a pixel beside the place where
# its own blocks begin, because in a smooth picture its own steps show there too, and elsewhere.
NEAREST_BESIDE, NEAREST = 10, 3
BESIDE = [8 * row + column for row in (0, 1, 7) for column in (0, 1, 7) if row or column]


def earlier_quality(luma: Luma, tables: Mapping[int, Sequence[int]] | None = None) -> int | None:
    """
    Return the JPEG quality, about, at which a picture was saved before; None if none shows.

    `luma` are the levels as the file has them, not turned upright, shape (height, width);
    `tables` the quantisation tables of a JPEG, as Pillow has them. Only a lower quality than that
    of the file itself is found, and only of encoders that scale the standard's table.
    """
    middle = _middle(luma)
    if min(middle.shape) < LEAST_SIDE:
        return None
    maps = _coefficients(middle)
    crowding, counts = _crowding(_counts(maps))
    qualities = np.concatenate([QUALITIES, QUALITIES])
    if tables:
        # Where the file's own blocks begin its own steps show, in what else there is as well.
        own = _crowding(_counts(maps, _own_steps(tables)))
        crowding[:, 0], counts[:, 0] = own[0][:, 0], own[1][:, 0]
        nearest = np.full(64, NEAREST)
        nearest[BESIDE] = NEAREST_BESIDE
        crowding[qualities[:, None] > (jpeg_quality(tables) or 0) - nearest] = 0
    certainty = np.where(crowding >= CROWDED, crowding * np.sqrt(counts), 0)
    best, place = np.unravel_index(certainty.argmax(), certainty.shape)
    return int(qualities[best]) if certainty[best, place] else None


def _middle(luma: Luma) -> Numbers:
    """Return the middle of the picture, beginning where a block of the file begins."""
    top, left = (max(0, (side - SIDE) // 16 * 8) for side in luma.shape)
    return luma[top : top + SIDE, left : left + SIDE].astype(np.float32) - 128


def _basis() -> Numbers:
    """Return the cosine basis of 8 samples, a row for each frequency."""
    places = np.arange(8)
    basis = np.cos((2 * places + 1) * places[:, None] * np.pi / 16) / 2
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


def _coefficients(luma: Numbers) -> Numbers:
    """Return each coefficient of the blocks that begin at every pixel, shape (9, rows, columns)."""
    windows = np.lib.stride_tricks.sliding_window_view
    basis = _basis()
    across = windows(luma, 8, axis=1) @ basis.T
    return np.stack(
        [windows(across[..., wide], 8, axis=0) @ basis[high] for high, wide in COEFFICIENTS]
    )


def _counts(maps: Numbers, steps: Numbers | None = None) -> Numbers:
    """Return how often each magnitude is at each of 64 places, shape (9, 64, LEVELS)."""
    rows, columns = maps.shape[1:]
    places = np.arange(rows)[:, None] % 8 * 8 + np.arange(columns) % 8
    counted = []
    for number, values in enumerate(np.abs(maps)):
        if steps is not None:
            values = np.rint(values / steps[number]) * steps[number]
        levels = np.minimum(np.rint(values), LEVELS - 1).astype(np.int64)
        found = np.bincount((places * LEVELS + levels).ravel(), minlength=64 * LEVELS)
        counted.append(found.reshape(64, LEVELS))
    return np.array(counted, dtype=np.float64)


def _own_steps(tables: Mapping[int, Sequence[int]]) -> Numbers:
    table = np.asarray(tables.get(0, next(iter(tables.values()))), dtype=np.float64)
    return np.maximum(table.reshape(8, 8)[tuple(COEFFICIENTS.T)], 1)


def _crowding(counts: Numbers) -> tuple[Numbers, Numbers]:
    """
    Return how much more magnitudes crowd around multiples of the steps than usual, and how many.

    Both of shape (qualities, 64), for the standard's tables and then for those of a picture that
    was turned on its side. The measure is the mean cosine of magnitudes in turns of the step; what
    is nearer to nothing than to the first step says nothing.
    """
    levels = np.arange(LEVELS)
    is_counted = (levels >= STEPS[:, None] / 2) & (levels < LEVELS - 1)
    cosines = np.where(is_counted, np.cos(2 * np.pi * levels / STEPS[:, None]), 0)
    sums, totals = counts @ cosines.T, counts @ is_counted.T.astype(np.float64)
    tables = standard_tables()[QUALITIES - 1].reshape(-1, 8, 8)
    high, wide = COEFFICIENTS.T
    steps = np.concatenate([tables[:, high, wide], tables[:, wide, high]])
    weights, counted = _by_direction(sums, steps), _by_direction(totals, steps)
    found = [_unusual(*one) for one in zip(weights, counted, strict=True)]
    is_everywhere = np.min(found, axis=0) >= CROWDED / 2
    total = counted.sum(axis=0)
    everywhere = _unusual(weights.sum(axis=0), total)
    return np.where(is_everywhere & (total >= FEWEST), everywhere, 0), total


def _by_direction(sums: Numbers, steps: Numbers) -> Numbers:
    """Return the sums at `steps`, shape (qualities, 9), as (directions, qualities, 64)."""
    found = np.zeros((3, len(steps), 64))
    for number, direction in enumerate(DIRECTIONS):
        of_one = steps[:, number]
        known = (of_one >= STEPS[0]) & (of_one <= STEPS[-1])
        found[direction, known] += sums[number][:, of_one[known] - STEPS[0]].T
    return found


def _unusual(weights: Numbers, counted: Numbers) -> Numbers:
    """Return by how much means are above those where no block begins."""
    means = weights / np.maximum(counted, 1)
    return means - np.median(means[:, 1:], axis=1, keepdims=True)
