"""
Similarity joins: all pairs of near hashes, within one set or between two.

Bands (see `multi_index`) determine which values have to be compared with which; the hashes that
share a value are cut into tiles (`tiled_join`), which are compared whole. Where bands would not
save comparisons (large radii, few or skewed hashes), all hashes are compared with all.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from hashing.exceptions import TooManyPairs
from hashing.search.arrays import Hashes, Positions, distinct
from hashing.search.band_allocation import BandPlan
from hashing.search.multi_index import BandTable, band_radii, masks_of
from hashing.search.ragged_ranges import runs
from hashing.search.tiled_join import BLOCK, Side, Tiles, meeting_tiles, near_in_tiles

# Two positions and a distance in bits for each pair, shape (3, pairs).
PairArray = npt.NDArray[np.int64]

# Costs of looking up one value, and of one mask, as the number of pairs compared in the same time.
LOOKUP_COST, MASK_COST = 8, 30_000
# Hashes whose candidates are counted to estimate those of all.
SAMPLE = 256
# Hashes that `cross_portions` joins with the other set at a time.
ROWS = 16_384
# The most pairs that one join holds in memory.
MOST_PAIRS = 4_000_000


def near_pairs(hashes: Hashes, max_distance: int) -> PairArray:
    """
    Return all pairs of distinct `hashes`, shape (n,) or (n, words), that are near.

    Near means at most `max_distance` bits apart. The result has the shape (3, pairs): two
    positions, the smaller one first, and the distance; ordered by positions.
    Raises TooManyPairs.

    >>> near_pairs(np.array([0b0000, 0b0011, 0b1111], dtype=np.uint64), 2).T.tolist()
    [[0, 1, 2], [1, 2, 2]]
    """
    if hashes.ndim > 1:
        return _wide_pairs(hashes, max_distance)
    plan = BandPlan.of(hashes, hashes, max_distance)
    hashes = plan.ordered(hashes)
    order = np.argsort(hashes)
    ascending = hashes[order]
    first, second = _near(ascending, ascending, plan.widths, max_distance, is_one_set=True)
    distances = np.bitwise_count(ascending[first] ^ ascending[second])
    first, second = order[first], order[second]
    smaller, larger = np.minimum(first, second), np.maximum(first, second)
    by_position = np.lexsort((larger, smaller))
    return np.stack([smaller, larger, distances.astype(np.int64)])[:, by_position]


def cross_pairs(a: Hashes, b: Hashes, max_distance: int) -> PairArray:
    """
    Return all pairs of a hash of `a`, shape (m,), and one of `b`, shape (n,), that are near.

    Near means at most `max_distance` bits apart. The result has the shape (3, pairs): the position
    in `a`, the one in `b`, and the distance; ordered by positions.
    Raises TooManyPairs.

    >>> a, b = np.array([0b0000, 0b1111], dtype=np.uint64), np.array([0b0001], dtype=np.uint64)
    >>> cross_pairs(a, b, 3).T.tolist()
    [[0, 0, 1], [1, 0, 3]]
    """
    plan = BandPlan.of(a, b, max_distance)
    a, b = plan.ordered(a), plan.ordered(b)
    (a_order, a_distinct, a_starts), (b_order, b_distinct, b_starts) = _grouped(a), _grouped(b)
    first, second = _near(a_distinct, b_distinct, plan.widths, max_distance, is_one_set=False)
    a_counts, b_counts = np.diff(a_starts)[first], np.diff(b_starts)[second]
    _refuse_more_than_most(int(a_counts @ b_counts))
    # Each pair of distinct hashes stands for the pairs of all positions that hold them.
    lefts = runs(a_starts[first], a_counts)
    widths = b_counts.repeat(a_counts)
    rights = runs(b_starts[second].repeat(a_counts), widths)
    lefts, rights = a_order[lefts].repeat(widths), b_order[rights]
    by_position = np.lexsort((rights, lefts))
    lefts, rights = lefts[by_position], rights[by_position]
    return np.stack([lefts, rights, np.bitwise_count(a[lefts] ^ b[rights]).astype(np.int64)])


def cross_portions(a: Hashes, b: Hashes, max_distance: int) -> Iterator[PairArray]:
    """
    Yield all `cross_pairs` in portions of `a`, in order, so that there may be any number of them.

    Raises TooManyPairs only if a single hash of `a` has too many.
    """
    for start in range(0, len(a), ROWS):
        for first, pairs in _halved(a[start : start + ROWS], b, max_distance):
            pairs[0] += start + first
            yield pairs


def _halved(a: Hashes, b: Hashes, max_distance: int) -> Iterator[tuple[int, PairArray]]:
    """Yield portions of the pairs of `a` and `b`, and the position in `a` that each counts from."""
    try:
        yield 0, cross_pairs(a, b, max_distance)
    except TooManyPairs:
        if len(a) < 2:
            raise
        half = len(a) // 2
        yield from _halved(a[:half], b, max_distance)
        for first, pairs in _halved(a[half:], b, max_distance):
            yield first + half, pairs


def _grouped(hashes: Hashes) -> tuple[Positions, Hashes, Positions]:
    """Return the sort order of `hashes`, the distinct ones, and where each begins in the order."""
    order = np.argsort(hashes)
    values, starts = np.unique(hashes[order], return_index=True)
    return order, values, np.append(starts, len(hashes))


def _near(
    a: Hashes, b: Hashes, widths: tuple[int, ...], max_distance: int, *, is_one_set: bool
) -> tuple[Positions, Positions]:
    """Return the positions of all near pairs in `a` and `b`, both distinct and ascending."""
    pairs = _PairSet(len(b))
    for left, right in _tile_pairs(a, b, widths, max_distance, is_one_set=is_one_set):
        for near_a, near_b in near_in_tiles(*left, *right, max_distance):
            # Hashes of one set are distinct, so equal values are one hash compared with itself.
            apart = near_a != near_b if is_one_set else slice(None)
            first, second = a.searchsorted(near_a[apart]), b.searchsorted(near_b[apart])
            if is_one_set:
                first, second = np.minimum(first, second), np.maximum(first, second)
            pairs.add(first, second)
    return pairs.positions()


class _PairSet:
    """
    A set of pairs of positions, each held as the number first * width + second.

    Raises TooManyPairs if it would hold more than `MOST_PAIRS`.
    """

    def __init__(self, width: int) -> None:
        self._width = max(width, 1)
        self._numbers = np.empty(0, dtype=np.uint64)
        self._new: list[Hashes] = []
        self._count = 0

    def add(self, first: Positions, second: Positions) -> None:
        """Add pairs, shape (n,) each, of which some may be in the set already."""
        self._new.append((first * self._width + second).astype(np.uint64))
        self._count += len(first)
        if self._count > MOST_PAIRS:
            self._collect()

    def positions(self) -> tuple[Positions, Positions]:
        """Return the first and second positions of all pairs, ordered by them."""
        self._collect()
        first, second = np.divmod(self._numbers.astype(np.int64), self._width)
        return first, second

    def _collect(self) -> None:
        # Near hashes agree in more than one band, so most pairs are found several times.
        self._numbers = distinct(np.concatenate([self._numbers, *self._new]))
        self._new, self._count = [], 0
        _refuse_more_than_most(len(self._numbers))


def _refuse_more_than_most(count: int) -> None:
    if count > MOST_PAIRS:
        raise TooManyPairs(
            f"More than {MOST_PAIRS // 1_000_000} million pairs are within this distance. "
            "Choose a smaller distance."
        )


def _tile_pairs(
    a: Hashes, b: Hashes, widths: tuple[int, ...], max_distance: int, *, is_one_set: bool
) -> Iterator[tuple[Side, Side]]:
    """Yield pairs of tiles, many at a time, among which all near pairs are."""
    table = BandTable.build(b, widths)
    if not _pays(table, a, max_distance, is_one_set=is_one_set):
        left, right = (Tiles.of(hashes, np.array([0, len(hashes)])) for hashes in (a, b))
        yield from meeting_tiles(left, right, np.zeros(1, np.int64), is_one_set=is_one_set)
        return
    other = table if is_one_set else BandTable.build(a, table.widths)
    radii = band_radii(len(table.widths), max_distance)
    for band, (width, radius) in enumerate(zip(table.widths, radii, strict=True)):
        left, right = Tiles.of_band(other, band), Tiles.of_band(table, band)
        yield from meeting_tiles(left, right, masks_of(width, radius), is_one_set=is_one_set)


def _pays(table: BandTable, a: Hashes, max_distance: int, *, is_one_set: bool) -> bool:
    """Return whether joining by bands is estimated to cost less than comparing all with all."""
    everything = len(a) * len(table)
    lookups = table.probe_count(max_distance)
    cost = lookups * (MASK_COST + LOOKUP_COST * len(a))
    if cost >= everything:
        return False
    sample = a[:: max(1, len(a) // SAMPLE)]
    candidates = sum(int(table.slices(hash_, max_distance).ends[-1]) for hash_ in sample.tolist())
    return cost + candidates / len(sample) * len(a) < everything


def _wide_pairs(hashes: Hashes, max_distance: int) -> PairArray:
    """Return the same as `near_pairs` for hashes of shape (n, words), comparing all with all."""
    pairs = _PairSet(len(hashes))
    columns = [np.ascontiguousarray(column) for column in hashes.T]
    height = max(1, BLOCK // max(1, len(hashes)))
    for row in range(0, len(hashes), height):
        distances = np.zeros((len(hashes[row : row + height]), len(hashes) - row), np.uint16)
        for column in columns:
            distances += np.bitwise_count(column[row : row + height, None] ^ column[None, row:])
        first, second = np.nonzero(distances <= max_distance)
        later = second > first
        pairs.add(first[later] + row, second[later] + row)
    first, second = pairs.positions()
    apart = np.bitwise_count(hashes[first] ^ hashes[second]).sum(axis=1, dtype=np.int64)
    return np.stack([first, second, apart])
