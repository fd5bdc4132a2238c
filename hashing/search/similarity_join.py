"""
All pairs of near hashes, in one set or between two.

Bands (see `multi_index`) say which values of a part have to be compared with which; the hashes
that share a value are cut into tiles (`tiled_join`), which are compared whole. Where that would
compare more than it saves (large radii, few or skewed hashes), all are compared with all.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from hashing.search.band_allocation import BandPlan
from hashing.search.bktree import distinct
from hashing.search.multi_index import BandTable, band_radii, masks_of
from hashing.search.ragged_ranges import runs
from hashing.search.tiled_join import BLOCK, Side, Tiles, meeting_tiles, near_in_tiles

Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]
Integers = npt.NDArray[np.int64]

# How many compared pairs the look-up of a value takes as long as, and that of all by one mask.
LOOKUP_COST, MASK_COST = 8, 30_000
# Hashes of which candidates are counted to foresee those of all.
SAMPLE = 256
# Hashes whose look-alikes in another set are found at a time.
ROWS = 16_384
# Pairs that are held at the most.
MOST_PAIRS = 4_000_000


def near_pairs(hashes: Hashes, max_distance: int) -> Pairs:
    """
    Return all pairs of distinct `hashes`, shape (n,) or (n, words), `max_distance` bits apart.

    The result has the shape (3, pairs): two positions, the smaller one first, and the distance.
    Raises ValueError if there are more pairs than anyone could look at.

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


def cross_pairs(a: Hashes, b: Hashes, max_distance: int) -> Pairs:
    """
    Return all pairs of a hash of `a`, shape (m,), and one of `b`, shape (n,), that are near.

    The result has the shape (3, pairs): the position in `a`, the one in `b`, and the distance,
    at most `max_distance` bits; by positions. Raises ValueError if there are more pairs than
    anyone could look at.

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
    # Each pair of distinct hashes stands for all that have them.
    lefts = runs(a_starts[first], a_counts)
    widths = b_counts.repeat(a_counts)
    rights = runs(b_starts[second].repeat(a_counts), widths)
    lefts, rights = a_order[lefts].repeat(widths), b_order[rights]
    by_position = np.lexsort((rights, lefts))
    lefts, rights = lefts[by_position], rights[by_position]
    return np.stack([lefts, rights, np.bitwise_count(a[lefts] ^ b[rights]).astype(np.int64)])


def cross_portions(a: Hashes, b: Hashes, max_distance: int) -> Iterator[Pairs]:
    """Yield the `cross_pairs` of some hashes of `a` after others, however many there are."""
    for start in range(0, len(a), ROWS):
        for first, pairs in _halved(a[start : start + ROWS], b, max_distance):
            pairs[0] += start + first
            yield pairs


def _halved(a: Hashes, b: Hashes, max_distance: int) -> Iterator[tuple[int, Pairs]]:
    """Yield the pairs of fewer and fewer hashes of `a`, until they are not too many to hold."""
    try:
        yield 0, cross_pairs(a, b, max_distance)
    except ValueError:
        if len(a) < 2:
            raise
        half = len(a) // 2
        yield from _halved(a[:half], b, max_distance)
        for first, pairs in _halved(a[half:], b, max_distance):
            yield first + half, pairs


def _grouped(hashes: Hashes) -> tuple[Integers, Hashes, Integers]:
    """Return the order of `hashes`, the distinct ones, and where in the order each begins."""
    order = np.argsort(hashes)
    values, starts = np.unique(hashes[order], return_index=True)
    return order, values, np.append(starts, len(hashes))


def _near(
    a: Hashes, b: Hashes, widths: tuple[int, ...], max_distance: int, *, is_one_set: bool
) -> tuple[Integers, Integers]:
    """Return positions in `a` and `b`, both distinct and ascending, of all that are near."""
    pairs = _Found(len(b))
    for left, right in _tile_pairs(a, b, widths, max_distance, is_one_set=is_one_set):
        for some_a, some_b in near_in_tiles(*left, *right, max_distance):
            # A hash that is near itself has met itself, because those of a set are distinct.
            apart = some_a != some_b if is_one_set else slice(None)
            first, second = a.searchsorted(some_a[apart]), b.searchsorted(some_b[apart])
            if is_one_set:
                first, second = np.minimum(first, second), np.maximum(first, second)
            pairs.add(first, second)
    return pairs.positions()


class _Found:
    """Pairs of positions, as first * width + second, each once; never more than `MOST_PAIRS`."""

    def __init__(self, width: int) -> None:
        self._width = max(width, 1)
        self._numbers = np.empty(0, dtype=np.uint64)
        self._new: list[Hashes] = []
        self._count = 0

    def add(self, first: Integers, second: Integers) -> None:
        self._new.append((first * self._width + second).astype(np.uint64))
        self._count += len(first)
        if self._count > MOST_PAIRS:
            self._collect()

    def positions(self) -> tuple[Integers, Integers]:
        self._collect()
        first, second = np.divmod(self._numbers.astype(np.int64), self._width)
        return first, second

    def _collect(self) -> None:
        # Near hashes are near in more than one band, so most pairs are found more than once.
        self._numbers = distinct(np.concatenate([self._numbers, *self._new]))
        self._new, self._count = [], 0
        _refuse_more_than_most(len(self._numbers))


def _refuse_more_than_most(count: int) -> None:
    if count > MOST_PAIRS:
        raise ValueError(
            f"More than {MOST_PAIRS // 1_000_000} million pairs are this near. "
            "Choose a smaller distance."
        )


def _tile_pairs(
    a: Hashes, b: Hashes, widths: tuple[int, ...], max_distance: int, *, is_one_set: bool
) -> Iterator[tuple[Side, Side]]:
    """Yield pairs of tiles, many at a time, in which all that is near must be found."""
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
    """Foresee whether joining bands compares less than comparing all with all."""
    everything = len(a) * len(table)
    lookups = table.probe_count(max_distance)
    cost = lookups * (MASK_COST + LOOKUP_COST * len(a))
    if cost >= everything:
        return False
    some = a[:: max(1, len(a) // SAMPLE)]
    met = sum(int(table.slices(hash_, max_distance).ends[-1]) for hash_ in some.tolist())
    return cost + met / len(some) * len(a) < everything


def _wide_pairs(hashes: Hashes, max_distance: int) -> Pairs:
    found = _Found(len(hashes))
    columns = [np.ascontiguousarray(column) for column in hashes.T]
    height = max(1, BLOCK // max(1, len(hashes)))
    for row in range(0, len(hashes), height):
        distances = np.zeros((len(hashes[row : row + height]), len(hashes) - row), np.uint16)
        for column in columns:
            distances += np.bitwise_count(column[row : row + height, None] ^ column[None, row:])
        first, second = np.nonzero(distances <= max_distance)
        later = second > first
        found.add(first[later] + row, second[later] + row)
    first, second = found.positions()
    apart = np.bitwise_count(hashes[first] ^ hashes[second]).sum(axis=1, dtype=np.int64)
    return np.stack([first, second, apart])
