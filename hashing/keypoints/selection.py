"""The choice of a picture's most telling corners, spread over the picture and its scales."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.corners import Floats, corners
from hashing.keypoints.pyramid import STEP, Level

# The picture is divided into CELLS by CELLS cells. A corner in one gives way to a corner in
# another that is e² times weaker for each stronger corner beside it, more so at coarse scales.
CELLS = 6
STRENGTH_WEIGHT = 0.5


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
