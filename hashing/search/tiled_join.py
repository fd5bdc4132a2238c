"""
Comparison of hashes that share a band value, cut into tiles (loop tiling).

Comparing short lists one pair at a time is all overhead; numpy compares thousands of pairs of
lists of the same length at once. So lists are cut into tiles of a few sizes. A tile that holds
fewer hashes than its size is padded with the hashes that follow it: comparing those is harmless,
because every pair found is checked and near.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.arrays import Hashes, Mask, Positions, Positions32
from hashing.search.multi_index import BandTable
from hashing.search.ragged_ranges import Integers, runs

# Sizes of tiles: few of them, and none much longer than the list it holds.
SIZES = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32])
TILE = int(SIZES[-1])
# Pairs of tiles that are sorted by size at a time, and pairs of hashes that are compared at a
# time, so that intermediate arrays stay in the processor's cache.
TILE_PAIRS, BLOCK = 100_000, 1 << 16


@dataclass(frozen=True)
class Tiles:
    """
    Hashes in the order of a band, cut into tiles.

    Tile t begins at `hashes[begin[t]]` and holds SIZES[size[t]] hashes or slightly fewer, all of
    the band value value[t]. Tiles first[v] to first[v + 1] have the value v.
    """

    hashes: Hashes
    begin: Positions32
    size: npt.NDArray[np.uint8]
    value: Positions32
    first: Positions32

    @classmethod
    def of(cls, hashes: Hashes, starts: Integers) -> Self:
        """Cut `hashes`, of which `hashes[starts[v]:starts[v + 1]]` have the value v."""
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
        """Cut the hashes of `table` in the order of its band number `band`."""
        count = len(table)
        offset = sum(1 << width for width in table.widths[:band])
        starts = table.starts[offset : offset + (1 << table.widths[band]) + 1] - band * count
        return cls.of(table.hashes[band * count : (band + 1) * count], starts)

    def without_bit(self, bit: int) -> Positions32:
        """Return the numbers of the tiles whose value has bit number `bit` clear."""
        return np.flatnonzero(self.value & np.int32(1 << bit) == 0).astype(np.int32)

    def of_values(self, values: Positions32) -> tuple[Positions, Positions32, Positions32]:
        """
        Return the tiles of the `values` that occur.

        The three arrays are the positions in `values` of those that occur, the number of each
        one's first tile, and how many tiles it has.
        """
        held = np.flatnonzero(self._is_held.take(values))
        values = values[held]
        first = self.first.take(values)
        return held, first, self.first.take(values + 1) - first

    @cached_property
    def _is_held(self) -> Mask:
        return self.first[1:] > self.first[:-1]


# Tiles, and the numbers of those that are compared.
Side = tuple[Tiles, Integers]


def meeting_tiles(
    left: Tiles, right: Tiles, masks: Positions, *, is_one_set: bool
) -> Iterator[tuple[Side, Side]]:
    """
    Yield pairs of tiles, many at a time, whose values differ in exactly one of `masks`.

    If `is_one_set`, both sides hold the same tiles, and each pair is yielded once.
    """
    # Within one set, take each pair of values once: the left one has the mask's highest bit clear.
    lower = [left.without_bit(bit) for bit in range(int(masks.max(initial=0)).bit_length())]
    everything = np.arange(len(left.begin), dtype=np.int32)
    collected: list[tuple[Integers, Integers]] = []
    count = 0
    for mask in masks.tolist():
        tiles = lower[mask.bit_length() - 1] if is_one_set and mask else everything
        held, first, counts = right.of_values(left.value[tiles] ^ np.int32(mask))
        tiles = tiles[held]
        if is_one_set and not mask:
            # Tiles of the same value: each with itself and with those that follow it.
            counts, first = counts - (tiles - first), tiles
        for portion in _portions(counts):
            collected.append(_spread(tiles[portion], first[portion], counts[portion]))
            count += len(collected[-1][0])
            if count >= TILE_PAIRS:
                yield _sides(left, right, collected)
                collected, count = [], 0
    if count:
        yield _sides(left, right, collected)


def _spread(
    tiles: Positions32, first: Positions32, counts: Positions32
) -> tuple[Integers, Integers]:
    """Return the pairs of each tile t with the `counts[t]` tiles from `first[t]` on."""
    if counts.max(initial=1) == 1:
        return tiles, first
    return tiles.repeat(counts), runs(first, counts)


def _sides(left: Tiles, right: Tiles, pairs: list[tuple[Integers, Integers]]) -> tuple[Side, Side]:
    lefts, rights = zip(*pairs, strict=True)
    return (left, np.concatenate(lefts)), (right, np.concatenate(rights))


def _portions(counts: Integers) -> Iterator[Positions | slice]:
    """Yield the positions of `counts` in portions whose counts add up to about TILE_PAIRS."""
    ends = counts.cumsum()
    if not len(ends) or ends[-1] <= 2 * TILE_PAIRS:
        yield slice(None)
        return
    cuts = ends.searchsorted(np.arange(TILE_PAIRS, ends[-1], TILE_PAIRS))
    yield from np.split(np.arange(len(ends)), cuts)


def near_in_tiles(
    left: Tiles, lefts: Integers, right: Tiles, rights: Integers, max_distance: int
) -> Iterator[tuple[Hashes, Hashes]]:
    """
    Yield the pairs of a hash in tile lefts[i] and one in rights[i] that are near.

    Near means at most `max_distance` bits apart.
    """
    kinds = left.size[lefts] * np.uint8(len(SIZES)) + right.size[rights]
    order = np.argsort(kinds, kind="stable")
    ends = np.bincount(kinds, minlength=len(SIZES) ** 2).cumsum()
    begin_left, begin_right = left.begin[lefts[order]], right.begin[rights[order]]
    start = 0
    for kind, end in enumerate(ends.tolist()):
        height, width = SIZES[kind // len(SIZES)], SIZES[kind % len(SIZES)]
        step = max(1, BLOCK // int(height * width))
        for at in range(start, end, step):
            block = slice(at, min(at + step, end))
            ours = _gathered(left.hashes, begin_left[block], height)
            theirs = _gathered(right.hashes, begin_right[block], width)
            near = np.bitwise_count(ours[:, None] ^ theirs[None]) <= max_distance
            if near.any():  # rarely true, and much quicker than looking for positions
                i, j, pair = np.unravel_index(np.flatnonzero(near), near.shape)
                yield ours[i, pair], theirs[j, pair]
        start = end


def _gathered(hashes: Hashes, begin: Positions32, size: int) -> Hashes:
    """Return `size` hashes from each `begin` on, shape (size, n); the last one is repeated."""
    return hashes.take(begin + np.arange(size)[:, None], mode="clip")
