"""
All pairs of near hashes, by looking up parts of a hash instead of comparing wholes.

Multi-index hashing, after Norouzi, Punjani and Fleet (2012, https://arxiv.org/abs/1307.2982). A
hash is cut into four bands of 16 bits. If two hashes differ in at most r = 4 k + a bits, then not
every band can differ in more than its share: one of the bands 0 to a differs in at most k bits,
or one of the others in at most k - 1. So it is enough to compare hashes that are that near in
one of these bands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import comb
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.slices import ranges

Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]

BANDS, BAND_BITS = 4, 16
VALUES = 1 << BAND_BITS

# How much longer a joined pair takes than one of all with all; measured.
JOIN_COST = 8
# How many pairs of all with all could be compared in the time that a mask takes by itself.
MASK_COST = 40_000
# Pairs that are held at the most, counting those that were found in several bands.
MOST_PAIRS = 4_000_000
# Joined pairs that are in memory at a time: about 30 bytes each.
PORTION = 4_000_000
# Pairs of all with all that are in memory at a time.
BLOCK = 1_000_000
# Hashes whose look-alikes in another set are found at a time.
ROWS = 4096


@dataclass(frozen=True)
class Band:
    """
    Hashes in the order of one of their bands.

    Those whose band has the value v are number starts[v] to starts[v + 1]; `positions` tells
    where each stood before.
    """

    hashes: Hashes
    positions: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, hashes: Hashes, number: int) -> Self:
        """Sort `hashes`, shape (n,), by their bits from 16 `number` on."""
        values = band_values(hashes, number).astype(np.uint16)
        order = np.argsort(values, kind="stable").astype(np.int32)
        counts = np.bincount(values, minlength=VALUES)
        return cls(hashes[order], order, np.concatenate([[0], np.cumsum(counts)]))


def band_values(hashes: Hashes, number: int) -> npt.NDArray[np.int64]:
    """Return the 16 bits of `hashes`, shape (n,), from 16 `number` on."""
    shifted = hashes >> np.uint64(number * BAND_BITS)
    return (shifted & np.uint64(VALUES - 1)).astype(np.int64)


def near_pairs(hashes: Hashes, max_distance: int) -> Pairs:
    """
    Return all pairs of distinct `hashes`, shape (n,), at most `max_distance` bits apart.

    The result has the shape (3, pairs): two positions, the smaller one first, and the distance.
    Each band is joined with itself; where that would take longer than comparing all with all,
    as it does for large radii and for few or skewed hashes, all are compared with all. Raises
    ValueError if there are more pairs than anyone could look at.

    >>> near_pairs(np.array([0b0000, 0b0011, 0b1111], dtype=np.uint64), 2).T.tolist()
    [[0, 1, 2], [1, 2, 2]]
    """
    bands = _worthwhile_bands(hashes, max_distance) if hashes.ndim == 1 else []
    found: Iterable[Pairs]
    if bands:
        found = (
            pairs
            for band, radius in bands
            for mask in masks(radius).tolist()
            for pairs in _join(band, mask, max_distance)
        )
    else:
        found = _all_with_all(hashes, max_distance)
    return _merged(_bounded(found), len(hashes))


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
    return _merged(_bounded(_crossed(a, b, max_distance)), len(b))


def cross_portions(a: Hashes, b: Hashes, max_distance: int) -> Iterator[Pairs]:
    """Yield the `cross_pairs` of a few hashes of `a` after another, however many they are."""
    for start in range(0, len(a), ROWS):
        pairs = _merged(_crossed(a[start : start + ROWS], b, max_distance), len(b))
        pairs[0] += start
        yield pairs


def _merged(found: Iterable[Pairs], width: int) -> Pairs:
    """Join what was `found`, every pair once: near hashes are near in more than one band."""
    pairs = np.concatenate([np.empty((3, 0), np.int64), *found], axis=1)
    _, once = np.unique(pairs[0] * width + pairs[1], return_index=True)
    return pairs[:, once]


def _crossed(a: Hashes, b: Hashes, max_distance: int) -> Iterator[Pairs]:
    radii = [band_radius(number, max_distance) for number in range(BANDS)]
    joins = sum(len(masks(radius)) for radius in radii if radius >= 0)
    expected = len(a) * joins * (len(b) / VALUES) * JOIN_COST
    if expected + joins * MASK_COST > len(a) * len(b):
        yield from _crossed_all(a, b, max_distance)
        return
    for number, radius in enumerate(radii):
        if radius >= 0:
            band, values = Band.of(b, number), band_values(a, number)
            for mask in masks(radius).tolist():
                begin, end = band.starts[values ^ mask], band.starts[(values ^ mask) + 1]
                ends = np.cumsum(end - begin)
                for part in np.split(np.arange(len(a)), np.searchsorted(ends, _portions(ends))):
                    yield _met(a, part, band, begin[part], end[part], max_distance)


def _met(
    a: Hashes,
    left: npt.NDArray[np.int64],
    band: Band,
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    max_distance: int,
) -> Pairs:
    right = ranges(begin, end)
    owners = np.repeat(left, end - begin)
    distances = np.bitwise_count(a[owners] ^ band.hashes[right])
    near = np.flatnonzero(distances <= max_distance)
    return np.stack([owners[near], band.positions[right[near]], distances[near]]).astype(np.int64)


def _crossed_all(a: Hashes, b: Hashes, max_distance: int) -> Iterator[Pairs]:
    step = max(1, PORTION // max(len(b), 1))
    for row in range(0, len(a), step):
        distances = np.bitwise_count(a[row : row + step, None] ^ b[None])
        first, second = np.nonzero(distances <= max_distance)
        yield np.stack([first + row, second, distances[first, second]]).astype(np.int64)


def _worthwhile_bands(hashes: Hashes, max_distance: int) -> list[tuple[Band, int]]:
    """Return the bands to join and how near; none if comparing all with all is quicker."""
    radii = [band_radius(number, max_distance) for number in range(BANDS)]
    joins = sum(comb(BAND_BITS, bits) for radius in radii for bits in range(radius + 1))
    budget = len(hashes) ** 2 // 2 - joins * MASK_COST
    if budget <= 0:
        return []
    bands = [(Band.of(hashes, n), radius) for n, radius in enumerate(radii) if radius >= 0]
    joined = sum(_joined_count(band, radius) for band, radius in bands)
    return bands if joined * JOIN_COST < budget else []


def _bounded(found: Iterable[Pairs]) -> Iterator[Pairs]:
    """Pass on what is `found` until it is too much to hold."""
    count = 0
    for pairs in found:
        count += pairs.shape[1]
        if count > MOST_PAIRS:
            raise ValueError(
                f"More than {MOST_PAIRS // 1_000_000} million pairs are this near. "
                "Choose a smaller distance."
            )
        yield pairs


def band_radius(number: int, max_distance: int) -> int:
    """Return how near band `number` has to be; -1 where another band is sure to be near."""
    share, rest = divmod(max_distance, BANDS)
    return min(BAND_BITS, share if number <= rest else share - 1)


@cache
def masks(radius: int) -> npt.NDArray[np.int64]:
    """Return all values of a band with at most `radius` bits."""
    return np.array(
        [
            sum(1 << bit for bit in bits)
            for size in range(radius + 1)
            for bits in combinations(range(BAND_BITS), size)
        ],
        dtype=np.int64,
    )


def _joined_count(band: Band, radius: int) -> int:
    """Return how many pairs of hashes are near enough in `band` to be compared."""
    counts = np.diff(band.starts)
    filled = np.flatnonzero(counts)
    return sum(int(counts[filled] @ counts[filled ^ mask]) for mask in masks(radius).tolist()) // 2


def _join(band: Band, mask: int, max_distance: int) -> Iterator[Pairs]:
    """Compare every hash with those whose band is its own but for the bits of `mask`."""
    values = np.flatnonzero(np.diff(band.starts))
    values = values[values <= values ^ mask]  # every pair of buckets once
    left = ranges(band.starts[values], band.starts[values + 1])
    sizes = band.starts[values + 1] - band.starts[values]
    begin = np.repeat(band.starts[values ^ mask], sizes)
    end = np.repeat(band.starts[(values ^ mask) + 1], sizes)
    if mask == 0:
        begin = left + 1  # inside a bucket, with those that follow
    met = end > begin
    left, begin, end = left[met], begin[met], end[met]
    ends = np.cumsum(end - begin)
    for part in np.split(np.arange(len(left)), np.searchsorted(ends, _portions(ends))):
        yield _compare(band, left[part], begin[part], end[part], max_distance)


def _portions(ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.arange(PORTION, ends[-1] if len(ends) else 0, PORTION)


def _compare(
    band: Band,
    left: npt.NDArray[np.int64],
    begin: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
    max_distance: int,
) -> Pairs:
    """Compare each hash number left[i] with all from begin[i] to end[i]."""
    widths = end - begin
    right = ranges(begin, end)
    distances = np.bitwise_count(np.repeat(band.hashes[left], widths) ^ band.hashes[right])
    near = np.flatnonzero(distances <= max_distance)
    # Only the few that are near are traced back to where they came from.
    owners = left[np.searchsorted(np.cumsum(widths), near, side="right")]
    first, second = band.positions[owners], band.positions[right[near]]
    smaller, larger = np.minimum(first, second), np.maximum(first, second)
    return np.stack([smaller, larger, distances[near]]).astype(np.int64)


def _all_with_all(hashes: Hashes, max_distance: int) -> Iterator[Pairs]:
    words = hashes[:, None] if hashes.ndim == 1 else hashes
    columns = [np.ascontiguousarray(column) for column in words.T]
    block = max(1, BLOCK // max(1, len(hashes)))
    for row in range(0, len(hashes), block):
        distances = sum(
            np.bitwise_count(column[row : row + block, None] ^ column[None, row:]).astype(np.int64)
            for column in columns
        )
        first, second = np.nonzero(distances <= max_distance)
        later = second > first
        first, second = first[later], second[later]
        yield np.stack([first + row, second + row, distances[first, second]])
