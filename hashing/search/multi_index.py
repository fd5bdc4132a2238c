"""
Multi-index hashing: hashes near a query, looked up by parts of them.

After M. Norouzi, A. Punjani and D. Fleet, "Fast Search in Hamming Space with Multi-Index
Hashing", CVPR 2012, https://arxiv.org/abs/1307.2982. A hash is cut into m bands. If two hashes
differ in at most r = m k + a bits (0 <= a < m), then one of the bands 0 to a differs in at most
k bits, or one of the others in at most k - 1: more in every band would add up to more than r. So
looking up all values that near in every band finds every hash within r, and only those found need
to be compared.

The first bands are searched with a larger radius, so they are wider: fewer hashes share a value.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from math import comb
from typing import NamedTuple, Self

import numpy as np

from hashing.search.arrays import Hashes, Positions, Positions32

# Widths in bits.
FOUR_BANDS = (17, 17, 16, 14)
THREE_BANDS = (22, 21, 21)
# From this many hashes on, too many of them share a value of four bands; measured.
THREE_FROM = 3_000_000
# Prefetching pays off in arrays of more hashes than the processor's cache holds, for more
# candidates than FEW; measured.
CACHED, FEW = 1_000_000, 1000
# Offsets of the first cache lines (of eight hashes each) of a slice.
LINES = np.array([[0], [8], [16]])
_NUMBERS = np.arange(1 << 14)


class Slices(NamedTuple):
    """Slices of an array, shape (n,) each: where they begin, lengths, and cumulative lengths."""

    begin: Positions32
    lengths: Positions32
    ends: Positions


@dataclass(frozen=True)
class BandTable:
    """
    n distinct hashes, sorted by each of m bands in turn.

    `hashes`, shape (m n,), holds all of them m times. Those whose band b has the value v are
    `hashes[starts[i]:starts[i + 1]]`, where i is v plus the number of values of the bands before
    b. Band 0 holds the highest bits, so the first n hashes are in ascending order.

    >>> table = BandTable.build(np.array([0b0000, 0b0001, 0b0111], dtype=np.uint64))
    >>> sorted(set(table.gather(table.slices(0b0000, 1)).tolist()))
    [0, 1, 7]
    """

    widths: tuple[int, ...]
    hashes: Hashes
    starts: Positions32

    @classmethod
    def build(cls, hashes: Hashes, widths: tuple[int, ...] | None = None) -> Self:
        """
        Build the table of distinct `hashes`, shape (n,), in ascending order.

        `widths` are those of the bands in bits, 64 in all; by default they suit the size of the
        table.
        """
        widths = widths or (FOUR_BANDS if len(hashes) < THREE_FROM else THREE_BANDS)
        ordered = np.empty((len(widths), len(hashes)), dtype=np.uint64)
        starts = np.zeros(sum(1 << width for width in widths) + 1, dtype=np.int32)
        begin, first = 0, 1
        for row, width in zip(ordered, widths, strict=True):
            row[:] = _rotated(hashes, begin)
            if begin:
                row.sort()
            counts = np.bincount(
                (row >> np.uint64(64 - width)).view(np.int64), minlength=1 << width
            )
            starts[first : first + len(counts)] = counts
            row[:] = _rotated(row, 64 - begin)
            begin, first = begin + width, first + len(counts)
        np.cumsum(starts, out=starts)
        return cls(widths, ordered.ravel(), starts)

    def __len__(self) -> int:
        return len(self.hashes) // len(self.widths)

    def probe_count(self, max_distance: int) -> int:
        """Return the number of band values that a search looks up."""
        return _probe_count(self.widths, max_distance)

    def slices(self, query: int, max_distance: int) -> Slices:
        """Return the slices of `hashes` that hold the candidates of a search."""
        masks, counts = _probes(self.widths, max_distance)
        pieces = [(query >> shift & low) + first for shift, low, first in self._pieces]
        values = np.array(pieces).repeat(counts)
        values ^= masks
        begin = self.starts.take(values)
        lengths = self._ends.take(values) - begin
        return Slices(begin, lengths, lengths.cumsum())

    def gather(self, slices: Slices) -> Hashes:
        """Return the hashes in `slices`, shape (n,); some occur more than once."""
        begin, lengths, ends = slices
        places = (begin - ends + lengths).repeat(lengths)
        places += _counted(len(places))
        if len(places) > FEW and len(self.hashes) > CACHED:
            # The slices are scattered, and the processor would wait for one cache miss after
            # another. Touching the first lines of all slices at once overlaps the misses.
            self.hashes.take(begin + LINES, mode="clip")
        return self.hashes.take(places)

    @property
    def nbytes(self) -> int:
        return self.hashes.nbytes + self.starts.nbytes

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int]]:
        """For each band: bits to shift right, mask of its bits, its first position in `starts`."""
        sizes = [1 << width for width in self.widths]
        return [
            (64 - sum(self.widths[: band + 1]), size - 1, sum(sizes[:band]))
            for band, size in enumerate(sizes)
        ]

    @cached_property
    def _ends(self) -> Positions32:
        return self.starts[1:]


def _counted(count: int) -> Positions:
    """Return `arange(count)`; most searches need few numbers and share one array."""
    return _NUMBERS[:count] if count <= len(_NUMBERS) else np.arange(count)


def band_radii(bands: int, max_distance: int) -> list[int]:
    """
    Return the radius in bits within which each band has to be searched.

    It is -1 for a band that need not be searched at all.
    """
    share, rest = divmod(max_distance, bands)
    return [share if band <= rest else share - 1 for band in range(bands)]


@cache
def masks_of(width: int, radius: int) -> Positions:
    """Return all values of `width` bits with at most `radius` bits set, fewest bits first."""
    values = [
        sum(1 << bit for bit in bits)
        for size in range(min(radius, width) + 1)
        for bits in combinations(range(width), size)
    ]
    return np.array(values, dtype=np.int64)


@cache
def _probe_count(widths: tuple[int, ...], max_distance: int) -> int:
    radii = band_radii(len(widths), max_distance)
    return sum(
        comb(width, bits)
        for width, radius in zip(widths, radii, strict=True)
        for bits in range(min(radius, width) + 1)
    )


@cache
def _probes(widths: tuple[int, ...], max_distance: int) -> tuple[Positions, Positions]:
    """Return the masks of all bands in one array, and the number of masks of each band."""
    radii = band_radii(len(widths), max_distance)
    masks = [masks_of(width, radius) for width, radius in zip(widths, radii, strict=True)]
    return np.concatenate(masks), np.array([len(part) for part in masks])


def _rotated(hashes: Hashes, bits: int) -> Hashes:
    """Return `hashes` rotated to the left by `bits`."""
    bits %= 64
    return hashes << np.uint64(bits) | hashes >> np.uint64(64 - bits) if bits else hashes
