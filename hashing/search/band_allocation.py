"""
Which bits make which bands, so that a join of hashes compares least.

Two hashes within r bits are within r in any choice of their bits too, however these are dealt out
to bands. So bits that hardly tell hashes apart (all screenshots are bright at the top) are left
out, and the others dealt out evenly. How many bands pay depends on how many hashes there are:
few wide ones look up more, many narrow ones compare more.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import comb
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.multi_index import band_radii

Hashes = npt.NDArray[np.uint64]
# The bits of each band, the bit that tells most being number 0.
Bands = list[list[int]]

# Nanoseconds that it takes to compare two hashes, and to look a value up; measured.
COMPARE, LOOK_UP = 1.9, 20.0
# More bands never paid, and all values of a band have to have a place in a table.
MOST_BANDS, WIDEST = 8, 20
# Hashes that tell how evenly the bits of all are spread.
SAMPLE = 4096
# From this entropy on bits are as good as even: a bit that is set in a quarter of all has 0.68.
EVEN = 0.68
_EVERY_BIT = tuple(range(64))


@dataclass(frozen=True)
class BandPlan:
    """Bands of `widths` bits, after the bits of hashes were put into `order` (0: the highest)."""

    widths: tuple[int, ...]
    order: tuple[int, ...] = _EVERY_BIT

    @classmethod
    def of(cls, a: Hashes, b: Hashes, max_distance: int) -> Self:
        """Plan the join of `a`, shape (m,), and `b`, shape (n,), at most `max_distance` apart."""
        rows = float(f"{len(a):.0e}"), float(f"{len(b):.0e}")  # few enough to be remembered
        spread = np.minimum(entropies(a), entropies(b))
        if spread.min() > EVEN:
            return cls(tuple(map(len, _dealt(*rows, (1.0,) * 64, max_distance))))
        bits = np.argsort(-spread, kind="stable")
        bands = _dealt(*rows, tuple(spread[bits].round(1).tolist()), max_distance)
        used = bits[[bit for band in bands for bit in band]].tolist()
        return cls(tuple(map(len, bands)), (*used, *sorted({*_EVERY_BIT} - {*used})))

    def ordered(self, hashes: Hashes) -> Hashes:
        """Return `hashes` with their bits in this order, which changes no distance."""
        if self.order == _EVERY_BIT:
            return hashes
        ordered = np.zeros_like(hashes)
        for bit in self.order:
            ordered <<= np.uint64(1)
            ordered |= hashes >> np.uint64(63 - bit) & np.uint64(1)
        return ordered


def entropies(hashes: Hashes) -> npt.NDArray[np.float64]:
    """
    Return the collision entropy of each bit, the highest first: 1 if half of all have it set.

    Two hashes agree in a bit with the probability 1 / 2 ** its entropy.
    """
    some = hashes[:: max(1, len(hashes) // SAMPLE)]
    bits = np.unpackbits(some.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    ones = bits.mean(axis=0) if len(bits) else np.full(64, 0.5)
    return -np.log2(ones**2 + (1 - ones) ** 2)


@cache
def _dealt(m: float, n: float, spread: tuple[float, ...], max_distance: int) -> Bands:
    """Return the bands that join m hashes with n, whose bits are spread so, at the least cost."""

    def cost(bands: Bands) -> float:
        radii = band_radii(len(bands), max_distance)
        return sum(
            _cost(m, n, [spread[bit] for bit in band], radius)
            for band, radius in zip(bands, radii, strict=True)
        )

    most = min(MOST_BANDS, max_distance + 1)
    return min((_improved(_even_deals(bands), cost) for bands in range(1, most + 1)), key=cost)


def _improved(starts: Iterable[Bands], cost: Callable[[Bands], float]) -> Bands:
    """Return the cheapest of `starts` after moving bits from band to band as long as it pays."""
    best = min(starts, key=cost)
    while (better := min(_moves(best), key=cost, default=best)) and cost(better) < cost(best):
        best = better
    return best


def _cost(m: float, n: float, entropy_of_bits: Sequence[float], radius: int) -> float:
    """Return how many nanoseconds it takes to join m hashes with n by one band."""
    width = len(entropy_of_bits)
    masks = sum(comb(width, bits) for bits in range(min(width, radius) + 1))
    values = 2.0 ** sum(entropy_of_bits)
    return masks * (min(m, values) * LOOK_UP + m * n / values * COMPARE)


def _even_deals(bands: int) -> Iterator[Bands]:
    """Yield the ways to deal the first bits out to `bands`, as many to each."""
    for bits in range(bands, min(64, bands * WIDEST) + 1):
        yield [list(range(band, bits, bands)) for band in range(bands)]


def _moves(bands: Bands) -> Iterator[Bands]:
    """Yield the same bands, the widest first, after one has given a bit to another."""
    for giver, taker in permutations(range(len(bands)), 2):
        if len(bands[giver]) > 1 and len(bands[taker]) < WIDEST:
            moved = [list(band) for band in bands]
            moved[taker].append(moved[giver].pop())
            yield sorted(moved, key=len, reverse=True)
