"""
Hashes that share a part, cut into tiles that are compared whole.

Comparing two short lists after another is all overhead; comparing thousands of pairs of lists of
the same length at once is none. So lists are cut into tiles of a few sizes. A tile shorter than
its size is filled with the hashes that follow: comparing those is no use and no harm, because
whatever is found near is near.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.multi_index import BandTable
from hashing.search.ragged_ranges import runs

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.integer]

# The sizes of tiles: steep enough to be few, and never much longer than what they hold.
SIZES = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32])
TILE = int(SIZES[-1])
# Pairs of tiles that are sorted by size at a time, and pairs of hashes that are compared at a
# time: what is in between stays in the processor's cache.
TILE_PAIRS, BLOCK = 100_000, 1 << 16

Meeting = tuple[Integers, npt.NDArray[np.int32], npt.NDArray[np.int32]]


@dataclass(frozen=True)
class Tiles:
    """
    Hashes in the order of a band, cut into tiles.

    Tile t holds those from begin[t] on, as many as SIZES[size[t]] or somewhat less, and all of
    the value value[t]. Tiles of the value v are number first[v] to first[v + 1].
    """

    hashes: Hashes
    begin: npt.NDArray[np.int32]
    size: npt.NDArray[np.uint8]
    value: npt.NDArray[np.int32]
    first: npt.NDArray[np.int32]

    @classmethod
    def of(cls, hashes: Hashes, starts: npt.NDArray[np.integer]) -> Self:
        """Cut `hashes`, those of the value v standing from starts[v] to starts[v + 1]."""
        counts = -(-np.diff(starts) // TILE)
        first = np.concatenate([[0], np.cumsum(counts)])
        value = np.arange(len(counts)).repeat(counts)
        begin = starts[value] + (np.arange(first[-1]) - first[value]) * TILE
        held = np.minimum(starts[value + 1] - begin, TILE)
        size = SIZES.searchsorted(held).astype(np.uint8)
        kinds = (begin.astype(np.int32), size, value.astype(np.int32), first.astype(np.int32))
        return cls(hashes, *kinds)

    @classmethod
    def of_band(cls, table: BandTable, band: int) -> Self:
        count = len(table)
        offset = sum(1 << width for width in table.widths[:band])
        starts = table.starts[offset : offset + (1 << table.widths[band]) + 1] - band * count
        return cls.of(table.hashes[band * count : (band + 1) * count], starts)

    def without_bit(self, bit: int) -> npt.NDArray[np.int32]:
        """Return the numbers of the tiles whose value has not got this bit."""
        return np.flatnonzero(self.value & np.int32(1 << bit) == 0).astype(np.int32)

    def meeting(self, values: npt.NDArray[np.int32]) -> Meeting:
        """Return which of `values` are held, the first tile of each of these, and how many."""
        held = np.flatnonzero(self._is_held.take(values))
        values = values[held]
        first = self.first.take(values)
        return held, first, self.first.take(values + 1) - first

    @cached_property
    def _is_held(self) -> npt.NDArray[np.bool_]:
        return self.first[1:] > self.first[:-1]


Side = tuple[Tiles, Numbers]


def meeting_tiles(
    left: Tiles, right: Tiles, masks: Integers, *, is_one_set: bool
) -> Iterator[tuple[Side, Side]]:
    """Yield tiles of `left` and those of `right` whose value is theirs but for a mask."""
    # Of one set every two values meet once: of the mask's highest bit the left one has none.
    lower = [left.without_bit(bit) for bit in range(int(masks.max(initial=0)).bit_length())]
    everything = np.arange(len(left.begin), dtype=np.int32)
    kept: list[tuple[Numbers, Numbers]] = []
    count = 0
    for mask in masks.tolist():
        tiles = lower[mask.bit_length() - 1] if is_one_set and mask else everything
        held, first, counts = right.meeting(left.value[tiles] ^ np.int32(mask))
        tiles = tiles[held]
        if is_one_set and not mask:
            # Inside a value, with itself and with those that follow.
            counts, first = counts - (tiles - first), tiles
        for some in _portions(counts):
            kept.append(_spread(tiles[some], first[some], counts[some]))
            count += len(kept[-1][0])
            if count >= TILE_PAIRS:
                yield _sides(left, right, kept)
                kept, count = [], 0
    if count:
        yield _sides(left, right, kept)


def _spread(
    tiles: npt.NDArray[np.int32], first: npt.NDArray[np.int32], counts: npt.NDArray[np.int32]
) -> tuple[Numbers, Numbers]:
    """Return each tile as often as it meets one, and those that it meets."""
    if counts.max(initial=1) == 1:
        return tiles, first
    return tiles.repeat(counts), runs(first, counts)


def _sides(left: Tiles, right: Tiles, kept: list[tuple[Numbers, Numbers]]) -> tuple[Side, Side]:
    lefts, rights = zip(*kept, strict=True)
    return (left, np.concatenate(lefts)), (right, np.concatenate(rights))


def _portions(counts: npt.NDArray[np.integer]) -> Iterator[Integers | slice]:
    """Cut what meets something into portions that meet about as much each."""
    ends = counts.cumsum()
    if not len(ends) or ends[-1] <= 2 * TILE_PAIRS:
        yield slice(None)
        return
    cuts = ends.searchsorted(np.arange(TILE_PAIRS, ends[-1], TILE_PAIRS))
    yield from np.split(np.arange(len(ends)), cuts)


def near_in_tiles(
    left: Tiles, lefts: Numbers, right: Tiles, rights: Numbers, max_distance: int
) -> Iterator[tuple[Hashes, Hashes]]:
    """Yield the near ones of all pairs of a hash in lefts[i] and one in rights[i]."""
    kinds = left.size[lefts] * np.uint8(len(SIZES)) + right.size[rights]
    order = np.argsort(kinds, kind="stable")
    ends = np.bincount(kinds, minlength=len(SIZES) ** 2).cumsum()
    begin_left, begin_right = left.begin[lefts[order]], right.begin[rights[order]]
    start = 0
    for kind, end in enumerate(ends.tolist()):
        height, width = SIZES[kind // len(SIZES)], SIZES[kind % len(SIZES)]
        step = max(1, BLOCK // int(height * width))
        for at in range(start, end, step):
            some = slice(at, min(at + step, end))
            ours = _gathered(left.hashes, begin_left[some], height)
            theirs = _gathered(right.hashes, begin_right[some], width)
            near = np.bitwise_count(ours[:, None] ^ theirs[None]) <= max_distance
            if near.any():  # much quicker than to look where, and mostly there is none
                i, j, pair = np.unravel_index(np.flatnonzero(near), near.shape)
                yield ours[i, pair], theirs[j, pair]
        start = end


def _gathered(hashes: Hashes, begin: npt.NDArray[np.int32], size: int) -> Hashes:
    """Return the hashes from each `begin` on, shape (size, n); those at the end come again."""
    return hashes.take(begin + np.arange(size)[:, None], mode="clip")
