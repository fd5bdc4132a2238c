"""
The area in which a part can be seen on another picture.

Where the other picture covers the edges of the part, as a card that shows the middle of a
photograph does, blocks near those edges differ. The area ends there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.agreement import Agreement, Blocks
from hashing.keypoints.lattice import Levels

# What a plain block adds to an area, if one that agrees adds 1 and one that differs takes 1 away.
PLAIN_WORTH = 0.02


class Area(NamedTuple):
    """A rectangle in shares of the part."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


class _Lines(NamedTuple):
    """A rectangle in rows and columns, from the first to after the last."""

    top: int
    bottom: int
    left: int
    right: int


def visible_area(agreement: Agreement) -> tuple[Area, _Lines]:
    """Return the area of the part that can be seen, and the same in blocks, rounded."""
    common = _common(agreement)
    blocks = _best_rectangle(agreement.blocks, _inside_blocks(agreement))
    pixels = agreement.pixels
    top, bottom = _side(agreement, blocks, common, False)
    left, right = _side(agreement, blocks, common, True)
    rows, columns = agreement.levels.shape
    area = Area(left / columns, top / rows, right / columns, bottom / rows)
    lines = _Lines(
        round(top / pixels),
        max(round(bottom / pixels), round(top / pixels) + 1),
        round(left / pixels),
        max(round(right / pixels), round(left / pixels) + 1),
    )
    return area, lines


def _common(agreement: Agreement) -> _Lines:
    """Return the rows and columns of places that mostly lie on the other picture."""
    rows = np.flatnonzero(agreement.inside.mean(axis=1) > 0.4)
    columns = np.flatnonzero(agreement.inside.mean(axis=0) > 0.4)
    if not len(rows) or not len(columns):
        return _Lines(0, *agreement.inside.shape[:1], 0, *agreement.inside.shape[1:])
    return _Lines(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)


def _inside_blocks(agreement: Agreement) -> npt.NDArray[np.bool_]:
    rows, columns = agreement.blocks.shape
    pixels = agreement.pixels
    shares = agreement.inside.reshape(rows, pixels, columns, pixels).mean(axis=(1, 3))
    is_inside: npt.NDArray[np.bool_] = shares > 0.5
    return is_inside


def _best_rectangle(blocks: Blocks, inside: npt.NDArray[np.bool_]) -> _Lines:
    """Return the rectangle of blocks in which those that agree outnumber others most."""
    worth = np.where(blocks == 0, PLAIN_WORTH * inside, blocks)
    sums = np.zeros((worth.shape[0] + 1, worth.shape[1] + 1))
    sums[1:, 1:] = worth.cumsum(axis=0).cumsum(axis=1)
    top, bottom = np.triu_indices(len(sums), 1)
    left, right = np.triu_indices(sums.shape[1], 1)
    bands = sums[bottom] - sums[top]
    totals = bands[:, right] - bands[:, left]
    band, side = np.unravel_index(totals.argmax(), totals.shape)
    return _Lines(int(top[band]), int(bottom[band]), int(left[side]), int(right[side]))


def _side(agreement: Agreement, blocks: _Lines, common: _Lines, is_across: bool) -> tuple[int, int]:
    """Return where the area begins and ends in one direction, in places of the lattice."""
    ours, theirs = agreement.levels, agreement.whole_levels
    span = slice(blocks.left * agreement.pixels, blocks.right * agreement.pixels)
    begin, end, first, last = blocks.top, blocks.bottom, common.top, common.bottom
    if is_across:
        ours, theirs = ours.T, theirs.T
        span = slice(blocks.top * agreement.pixels, blocks.bottom * agreement.pixels)
        begin, end, first, last = blocks.left, blocks.right, common.left, common.right
    ours, theirs = ours[:, span], theirs[:, span]
    pixels = agreement.pixels
    start = _edge(ours, theirs, begin * pixels, first, pixels)
    count = len(ours)
    stop = count - _edge(ours[::-1], theirs[::-1], count - end * pixels, count - last, pixels)
    return start, max(stop, start + 1)


def _edge(ours: Levels, theirs: Levels, edge: int, first: int, pixels: int) -> int:
    """Return the row where the area begins, near row `edge` and not before row `first`."""
    if edge - first < max(2, pixels // 2) or _is_plainer(ours[first:edge], theirs[first:edge]):
        return first
    inner = slice(edge, min(len(ours), edge + 4 * pixels))
    gain = float(ours[inner].std()) / max(1.0, float(theirs[inner].std()))
    offset = float(np.median(ours[inner])) - gain * float(np.median(theirs[inner]))
    misses = np.abs(ours - gain * theirs - offset).mean(axis=1)
    low, high = max(first, edge - 2 * pixels), min(len(ours), edge + 2 * pixels)
    cuts = np.arange(low + 1, high - 1)
    if not len(cuts):
        return edge
    sums = np.concatenate([[0.0], np.cumsum(misses[low:high])])
    before, after = cuts - low, high - cuts
    drop = sums[before] / before - (sums[-1] - sums[before]) / after
    return int(cuts[(drop * np.sqrt(before * after)).argmax()])


def _is_plainer(ours: Levels, theirs: Levels) -> bool:
    """
    Return whether the part is plainer there than the other picture.

    Then a bar or a caption lies on the part, and the part goes on below it.
    """
    return _roughness(ours) < _roughness(theirs)


def _roughness(levels: Levels) -> float:
    if min(levels.shape) < 2:
        return 0.0
    return float(np.median(np.abs(np.diff(levels, axis=0)))) + float(
        np.median(np.abs(np.diff(levels, axis=1)))
    )
