"""
The area in which a part can be seen on another picture.

Where the other picture covers the edges of the part, as a card that shows the middle of a
photograph does, blocks near those edges differ. The area ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.agreement import BRIGHTEST, DARKEST, Agreement, Blocks, in_blocks
from hashing.keypoints.lattice import Floats, Levels
from hashing.keypoints.projection import Area, area_of, corners, mapped

# What a plain block adds to an area, if one that agrees adds 1 and one that differs takes 1 away;
# and what it adds to one in which all others differ.
PLAIN_WORTH, PLAIN_BETWEEN = 0.02, 0.0
# A strip is covered if at least this share of its blocks differ, and no more of its textured ones
# agree than this.
COVERED_SHARE, AGREEING_SHARE = 0.3, 0.34
# There levels differ this many times more than where the pictures agree.
UNLIKE = 2.0
# A picture that has at least this share of itself in the other lies on it as a whole.
WHOLE_SHARE = 0.85
# Levels this near to the most usual one count as the same; a bar has at least this share of them.
SAME_LEVEL, BAR_EVENNESS = 3, 0.3
# Letters cover at least this share of the strip that they are written on.
LETTERED_SHARE = 0.08


class Span(NamedTuple):
    """The first and the last line of an area, the latter exclusive."""

    begin: int
    end: int


@dataclass(frozen=True)
class Visible:
    """The `area` that can be seen, and the blocks in it."""

    area: Area
    blocks: Blocks

    @property
    def textured(self) -> int:
        """The number of blocks that are not plain."""
        return int(np.count_nonzero(self.blocks))

    @property
    def agreement(self) -> float:
        """The share of textured blocks that agree."""
        return float(np.count_nonzero(self.blocks == 1)) / max(1, self.textured)

    @property
    def hidden(self) -> float:
        """The share of the largest rectangle in which the pictures differ."""
        down, across = _best_rectangle(-self.blocks, PLAIN_BETWEEN)
        return (down.end - down.begin) * (across.end - across.begin) / max(1, self.blocks.size)


def common_area(agreement: Agreement) -> Area:
    """Return the area of the part that lies on the other picture."""
    down, across = _common(agreement)
    rows, columns = agreement.levels.shape
    return Area(across.begin / columns, down.begin / rows, across.end / columns, down.end / rows)


def are_whole(agreement: Agreement) -> bool:
    """Return whether both pictures lie on each other as a whole."""
    area = common_area(agreement)
    covered = area_of(mapped(agreement.projection, corners(area)))
    return area.size >= WHOLE_SHARE and covered >= WHOLE_SHARE


def visible_area(agreement: Agreement) -> Visible:
    """
    Return the area of the part that can be seen on the other picture.

    If both pictures are there as a whole, it is all that they share: what differs lies on it.
    """
    common = _common(agreement)
    inside = in_blocks(agreement.inside.astype(np.float32), agreement.pixels).mean(axis=(1, 3))
    inner = _best_rectangle(agreement.blocks, PLAIN_WORTH * (inside > 0.5).astype(np.float32))
    down, across = common
    if not are_whole(agreement):
        down, across = (_visible(agreement, common, inner, axis) for axis in (0, 1))
    rows, columns = agreement.levels.shape
    area = Area(across.begin / columns, down.begin / rows, across.end / columns, down.end / rows)
    pixels = agreement.pixels
    blocks = agreement.blocks[
        round(down.begin / pixels) : max(1, round(down.end / pixels)),
        round(across.begin / pixels) : max(1, round(across.end / pixels)),
    ]
    return Visible(area, blocks)


def _common(agreement: Agreement) -> tuple[Span, Span]:
    """Return the rows and the columns of places that mostly lie on the other picture."""
    return _filled(agreement.inside.mean(axis=1)), _filled(agreement.inside.mean(axis=0))


def _filled(shares: npt.NDArray[np.float64]) -> Span:
    lines = np.flatnonzero(shares > 0.5 * shares.max())
    return Span(int(lines[0]), int(lines[-1]) + 1)


def _best_rectangle(blocks: Blocks, plain_worth: float | Floats) -> tuple[Span, Span]:
    """Return rows and columns of blocks in which those that agree outnumber others most."""
    worth = np.where(blocks == 0, plain_worth, blocks)
    sums = np.pad(worth.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    top, bottom = np.triu_indices(sums.shape[0], 1)
    left, right = np.triu_indices(sums.shape[1], 1)
    bands = sums[bottom] - sums[top]
    totals = bands[:, right] - bands[:, left]
    band, side = np.unravel_index(totals.argmax(), totals.shape)
    return Span(int(top[band]), int(bottom[band])), Span(int(left[side]), int(right[side]))


def _visible(
    agreement: Agreement, common: tuple[Span, Span], inner: tuple[Span, Span], axis: int
) -> Span:
    """Return the visible lines of the lattice: rows for axis 0, columns for axis 1."""
    pixels = agreement.pixels
    across = slice(inner[1 - axis].begin * pixels, inner[1 - axis].end * pixels)
    ours, theirs = agreement.levels, agreement.whole_levels
    blocks = agreement.blocks
    if axis:
        ours, theirs, blocks = ours.T, theirs.T, blocks.T
    ours, theirs = ours[:, across], theirs[:, across]
    blocks = blocks[:, inner[1 - axis].begin : inner[1 - axis].end]
    begin, end = common[axis]
    count = len(ours)
    first, last = inner[axis]
    if _is_covered(blocks[:first]):
        begin = _edge(ours, theirs, first * pixels, begin, pixels)
    if _is_covered(blocks[last:]):
        turned = _edge(ours[::-1], theirs[::-1], count - last * pixels, count - end, pixels)
        end = count - turned
    return Span(begin, max(end, begin + 1))


def _is_covered(strip: Blocks) -> bool:
    """Return whether the pictures differ nearly everywhere in a strip of blocks."""
    differing = int(np.count_nonzero(strip == -1))
    agreeing = int(np.count_nonzero(strip == 1))
    is_mostly = differing > COVERED_SHARE * strip.size
    return is_mostly and agreeing <= AGREEING_SHARE * (differing + agreeing)


def _edge(ours: Levels, theirs: Levels, edge: int, first: int, pixels: int) -> int:
    """Return the row where the area begins, near row `edge` and not before row `first`."""
    if edge <= first or _lies_on(ours[first:edge], theirs[first:edge]):
        return first
    agreeing = slice(edge, min(len(ours), edge + 4 * pixels))
    misses = _misses(ours, theirs, agreeing)
    if misses[first:edge].mean() < UNLIKE * misses[agreeing].mean():
        return first  # the grain differs there, and nothing else
    low, high = max(first, edge - 2 * pixels), min(len(ours), edge + 2 * pixels)
    near = misses[low:high]
    cuts = np.arange(1, len(near))
    sums = np.cumsum(near)
    before, after = sums[:-1] / cuts, (sums[-1] - sums[:-1]) / (len(near) - cuts)
    contrast = (before - after) * np.sqrt(cuts * (len(near) - cuts))
    return low + int(cuts[contrast.argmax()]) if len(cuts) else edge


def _lies_on(ours: Levels, theirs: Levels) -> bool:
    """
    Return whether it is on the part that something lies: a bar, a caption, letters.

    Then the part goes on below it. Otherwise it is the other picture that ends there.
    """
    evenness = _evenness(ours)
    if evenness > BAR_EVENNESS and evenness > _evenness(theirs):
        return True
    written = _written(ours, theirs)
    return written > LETTERED_SHARE and written > 2 * _written(theirs, ours)


def _written(ours: Levels, theirs: Levels) -> float:
    """Return the share of places that only in the first picture are as white or dark as letters."""
    first, second = ((one > BRIGHTEST) | (one < DARKEST) for one in (ours, theirs))
    return float((first & ~second).mean())


def _misses(ours: Levels, theirs: Levels, agreeing: slice) -> Floats:
    """Return how far rows differ, once `theirs` is as bright as `ours` in the `agreeing` rows."""
    gain = float(ours[agreeing].std()) / max(1.0, float(theirs[agreeing].std()))
    offset = float(np.median(ours[agreeing] - gain * theirs[agreeing]))
    misses: Floats = np.abs(ours - gain * theirs - offset).mean(axis=1)
    return misses


def _evenness(levels: Levels) -> float:
    """Return the share of places that have nearly the same level: high for bars and captions."""
    counts = np.bincount(np.clip(levels, 0, 255).astype(np.int64).ravel(), minlength=256)
    width = 2 * SAME_LEVEL + 1
    return float(np.convolve(counts, np.ones(width)).max()) / levels.size
