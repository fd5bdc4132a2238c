"""
Looking up what is near a hash by parts of it.

Multi-index hashing, after Norouzi, Punjani and Fleet (2012, https://arxiv.org/abs/1307.2982). A
hash is cut into bands. If two hashes differ in at most r = m k + a bits, m being the number of
bands, then not every band can differ in more than its share: one of the bands 0 to a differs in
at most k bits, or one of the others in at most k - 1. So whoever looks up all values that near in
every band meets all hashes within r, and compares only those that it meets.

The first bands are probed further than the last, so they are wider: fewer hashes share a value.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from math import comb
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

FOUR_BANDS = (17, 17, 16, 14)
THREE_BANDS = (22, 21, 21)
# From this many hashes on the values of four bands are shared by too many; measured.
THREE_FROM = 3_000_000
# How many hashes the processor's cache holds, and from how many on it pays to ask for the lines
# of eight in which they begin; measured.
CACHED, FEW = 1_000_000, 1000
LINES = np.array([[0], [8], [16]])
_NUMBERS = np.arange(1 << 14)


class Slices(NamedTuple):
    """Slices of an array: where they begin, how long each is, and the sums of lengths so far."""

    begin: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    ends: Integers


@dataclass(frozen=True)
class BandTable:
    """
    Distinct hashes, ordered by each band in turn.

    `hashes`, shape (m n,), holds them m times; those whose band b has the value v stand from
    starts[i] to starts[i + 1], i being v behind all values of the bands before b. Band 0 is the
    highest bits, so the first n are simply sorted.

    >>> table = BandTable.build(np.array([0b0000, 0b0001, 0b0111], dtype=np.uint64))
    >>> sorted(set(table.gather(table.slices(0b0000, 1)).tolist()))
    [0, 1, 7]
    """

    widths: tuple[int, ...]
    hashes: Hashes
    starts: npt.NDArray[np.int32]

    @classmethod
    def build(cls, hashes: Hashes, widths: tuple[int, ...] | None = None) -> Self:
        """Order distinct `hashes`, shape (n,), ascending, by bands of `widths` bits, 64 in all."""
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
        """Return how many values a search looks up."""
        return _probe_count(self.widths, max_distance)

    def slices(self, query: int, max_distance: int) -> Slices:
        """Return where the candidates stand in `hashes`."""
        masks, counts = _probes(self.widths, max_distance)
        pieces = [(query >> shift & low) + first for shift, low, first in self._pieces]
        values = np.array(pieces).repeat(counts)
        values ^= masks
        begin = self.starts.take(values)
        lengths = self._ends.take(values) - begin
        return Slices(begin, lengths, lengths.cumsum())

    def gather(self, slices: Slices) -> Hashes:
        """Return the hashes in these slices, one after another; some come more than once."""
        begin, lengths, ends = slices
        places = (begin - ends + lengths).repeat(lengths)
        places += _counted(len(places))
        if len(places) > FEW and len(self.hashes) > CACHED:
            # The slices lie all over the memory, and the processor waits for one after another.
            # If it is asked for their first lines all at once, it waits for many together.
            self.hashes.take(begin + LINES, mode="clip")
        return self.hashes.take(places)

    @property
    def nbytes(self) -> int:
        return self.hashes.nbytes + self.starts.nbytes

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int]]:
        """For each band: by how much to shift, which bits to keep, its first place in `starts`."""
        sizes = [1 << width for width in self.widths]
        return [
            (64 - sum(self.widths[: band + 1]), size - 1, sum(sizes[:band]))
            for band, size in enumerate(sizes)
        ]

    @cached_property
    def _ends(self) -> npt.NDArray[np.int32]:
        return self.starts[1:]


def _counted(count: int) -> Integers:
    """Return 0 to `count` - 1; for most searches there is no need to count anew."""
    return _NUMBERS[:count] if count <= len(_NUMBERS) else np.arange(count)


def band_radii(bands: int, max_distance: int) -> list[int]:
    """Return how near each band has to be; -1 where another band is sure to be near."""
    share, rest = divmod(max_distance, bands)
    return [share if band <= rest else share - 1 for band in range(bands)]


@cache
def masks_of(width: int, radius: int) -> Integers:
    """Return all values of `width` bits of which at most `radius` are set."""
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
def _probes(widths: tuple[int, ...], max_distance: int) -> tuple[Integers, Integers]:
    """Return the masks of all bands, and how many there are of each band."""
    radii = band_radii(len(widths), max_distance)
    masks = [masks_of(width, radius) for width, radius in zip(widths, radii, strict=True)]
    return np.concatenate(masks), np.array([len(part) for part in masks])


def _rotated(hashes: Hashes, bits: int) -> Hashes:
    """Return `hashes` turned by `bits` to the left."""
    bits %= 64
    return hashes << np.uint64(bits) | hashes >> np.uint64(64 - bits) if bits else hashes
