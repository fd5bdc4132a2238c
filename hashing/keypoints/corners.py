"""
Corners: places of a picture that differ from all places around them, and the choice of the best.

A corner is where the brightness changes in every direction: the smaller eigenvalue of the
structure tensor has a maximum there (J. Shi and C. Tomasi, "Good Features to Track", 1994).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.pyramid import STEP, Level

Floats = npt.NDArray[np.float32]

# Corners are at least this many pixels inside the picture.
MARGIN = 9
# The strength below which there is nothing but noise: a change of about two levels in the weaker
# direction, over the window.
WEAKEST = 64.0
# The picture is divided into CELLS by CELLS cells. A corner in one gives way to a corner in
# another that is e² times weaker for each stronger corner beside it, more so at coarse scales.
CELLS = 6
STRENGTH_WEIGHT = 0.5
# What the gradient and a window of 4 by 4 pixels take off each side, in pixels.
_OFFSET = 2.5


class Corners(NamedTuple):
    """Positions in pixels, to fractions, and strengths, shape (n,) each."""

    x: Floats
    y: Floats
    strength: Floats


def corners(level: Level) -> Corners:
    """Return the corners in `level`, which has more than twice MARGIN pixels on each side."""
    strength = _strength(level)
    edge = round(MARGIN - _OFFSET)
    inner = strength[edge:-edge, edge:-edge]
    around = strength[edge - 1 : 1 - edge, edge - 1 : 1 - edge]
    highest = np.maximum(around[:, :-2], around[:, 2:])
    np.maximum(highest, around[:, 1:-1], out=highest)
    rows = np.maximum(highest[:-2], highest[2:])
    np.maximum(rows, highest[1:-1], out=rows)
    np.maximum(rows, WEAKEST, out=rows)
    y, x = np.divmod(np.flatnonzero(inner >= rows), inner.shape[1])
    y, x = y + edge, x + edge
    peak = strength[y, x]
    return Corners(
        (x + _OFFSET + _shift(strength[y, x - 1], peak, strength[y, x + 1])).astype(np.float32),
        (y + _OFFSET + _shift(strength[y - 1, x], peak, strength[y + 1, x])).astype(np.float32),
        peak,
    )


def _strength(level: Level) -> Floats:
    """Return the smaller eigenvalue of the structure tensor at every place with a full window."""
    pixels = level.astype(np.float32)
    across = pixels[1:-1, 2:] - pixels[1:-1, :-2]
    down = pixels[2:, 1:-1] - pixels[:-2, 1:-1]
    both = across * down
    across *= across
    down *= down
    xx, yy, xy = _windowed(across), _windowed(down), _windowed(both)
    trace = xx + yy
    xx -= yy
    xx *= xx
    xy *= xy
    xy *= 4
    xx += xy
    np.sqrt(xx, out=xx)
    trace -= xx
    return trace


def _windowed(values: Floats) -> Floats:
    """Return the sums of `values` over 4 by 4 neighbours."""
    pairs = values[:-1] + values[1:]
    fours = pairs[:-2] + pairs[2:]
    pairs = fours[:, :-1] + fours[:, 1:]
    return pairs[:, :-2] + pairs[:, 2:]


def _shift(before: Floats, peak: Floats, after: Floats) -> Floats:
    """Return where a parabola through three neighbours has its top, at most half a pixel off."""
    bend = np.minimum(before + after - 2 * peak, np.float32(-1e-6))
    shift: Floats = np.clip((before - after) / (2 * bend), -0.5, 0.5)
    return shift


class Chosen(NamedTuple):
    """Corners of all levels, shape (n,) each: numbers of levels, and positions in pixels there."""

    level: npt.NDArray[np.int64]
    x: Floats
    y: Floats


def select(pictures: list[Level], most: int) -> Chosen:
    """Return at most `most` corners of the levels of a picture, the most telling first."""
    found = [corners(level) for level in pictures]
    number = np.repeat(np.arange(len(found)), [len(one.x) for one in found])
    empty = np.empty(0, dtype=np.float32)
    x, y, strength = (
        (np.concatenate([empty, *column]) for column in zip(*found, strict=True))
        if found
        else (empty, empty, empty)
    )
    if not len(x):
        return Chosen(number, x, y)
    sizes = np.array([level.shape for level in pictures])[number]
    row = (y * CELLS / sizes[:, 0]).astype(np.int64)
    column = (x * CELLS / sizes[:, 1]).astype(np.int64)
    cell = (number * CELLS + row) * CELLS + column
    score = STRENGTH_WEIGHT * np.log(strength) - _ranks(cell, strength) * STEP**number
    best = np.argsort(-score, kind="stable")[:most]
    return Chosen(number[best], x[best], y[best])


def _ranks(cells: npt.NDArray[np.int64], strength: Floats) -> npt.NDArray[np.int64]:
    """Return how many stronger corners the cell of each corner has, shape (n,)."""
    order = np.lexsort((-strength, cells))
    ordered = cells[order]
    is_first = np.r_[True, ordered[1:] != ordered[:-1]]
    numbers = np.arange(len(cells))
    ranks = np.empty_like(numbers)
    ranks[order] = numbers - np.maximum.accumulate(np.where(is_first, numbers, 0))
    return ranks
