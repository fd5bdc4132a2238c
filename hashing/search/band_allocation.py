"""
Allocation of the bits of a hash to bands, so that a join compares as few hashes as possible.

Two hashes at most r bits apart differ in at most r bits of any subset too, so the bits can be
dealt out to bands in any way. Bits that hardly distinguish hashes (the top of nearly every
screenshot is bright) are left out, and the others are dealt out evenly by their entropy. The best
number of bands depends on the number of hashes: a few wide bands cost more lookups, many narrow
ones more comparisons.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import comb
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.arrays import Hashes
from hashing.search.multi_index import band_radii

# The bits of each band; bit 0 is the one of the highest entropy.
Bands = list[list[int]]

# Nanoseconds to compare two hashes, and to look up one value; measured.
COMPARE, LOOK_UP = 1.9, 20.0
# More bands never paid off; a band's table has a place for each of its 2**width values.
MOST_BANDS, WIDEST = 8, 20
# Number of hashes from which the entropy of the bits is estimated.
SAMPLE = 4096
# Bits of at least this entropy count as evenly distributed: one set in a quarter of all hashes
# has 0.68.
EVEN = 0.68
_EVERY_BIT = tuple(range(64))


@dataclass(frozen=True)
class BandPlan:
    """Widths of the bands in bits, and the `order` of bits before they are cut (0: highest)."""

    widths: tuple[int, ...]
    order: tuple[int, ...] = _EVERY_BIT

    @classmethod
    def of(cls, a: Hashes, b: Hashes, max_distance: int) -> Self:
        """
        Plan the join of `a`, shape (m,), with `b`, shape (n,).

        The join finds all pairs at most `max_distance` bits apart.
        """
        # Rounded to one digit, so that few plans have to be cached.
        rows = float(f"{len(a):.0e}"), float(f"{len(b):.0e}")
        spread = np.minimum(entropies(a), entropies(b))
        if spread.min() > EVEN:
            return cls(tuple(map(len, _dealt(*rows, (1.0,) * 64, max_distance))))
        bits = np.argsort(-spread, kind="stable")
        bands = _dealt(*rows, tuple(spread[bits].round(1).tolist()), max_distance)
        used = bits[[bit for band in bands for bit in band]].tolist()
        return cls(tuple(map(len, bands)), (*used, *sorted({*_EVERY_BIT} - {*used})))

    def ordered(self, hashes: Hashes) -> Hashes:
        """Return `hashes`, shape (n,), with their bits in this order; distances stay the same."""
        if self.order == _EVERY_BIT:
            return hashes
        ordered = np.zeros_like(hashes)
        for bit in self.order:
            ordered <<= np.uint64(1)
            ordered |= hashes >> np.uint64(63 - bit) & np.uint64(1)
        return ordered


def entropies(hashes: Hashes) -> npt.NDArray[np.float64]:
    """
    Return the collision entropy of each bit, highest bit first, shape (64,).

    It is from 0 to 1: 1 for a bit that is set in half of `hashes`, shape (n,). Two hashes agree
    in a bit of entropy e with probability 2 ** -e.
    """
    sample = hashes[:: max(1, len(hashes) // SAMPLE)]
    bits = np.unpackbits(sample.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    ones = bits.mean(axis=0) if len(bits) else np.full(64, 0.5)
    agreement: npt.NDArray[np.float64] = ones**2 + (1 - ones) ** 2
    return -np.log2(agreement)


@cache
def _dealt(m: float, n: float, spread: tuple[float, ...], max_distance: int) -> Bands:
    """Return the cheapest bands to join m hashes with n; `spread` is the entropy of each bit."""

    def cost(bands: Bands) -> float:
        radii = band_radii(len(bands), max_distance)
        return sum(
            _cost(m, n, [spread[bit] for bit in band], radius)
            for band, radius in zip(bands, radii, strict=True)
        )

    most = min(MOST_BANDS, max_distance + 1)
    return min((_improved(_even_deals(bands), cost) for bands in range(1, most + 1)), key=cost)


def _improved(starts: Iterable[Bands], cost: Callable[[Bands], float]) -> Bands:
    """Return the cheapest of `starts`, after moving bits between its bands while that helps."""
    best = min(starts, key=cost)
    while (better := min(_moves(best), key=cost, default=best)) and cost(better) < cost(best):
        best = better
    return best


def _cost(m: float, n: float, entropy_of_bits: Sequence[float], radius: int) -> float:
    """Return the estimated nanoseconds to join m hashes with n by one band."""
    width = len(entropy_of_bits)
    masks = sum(comb(width, bits) for bits in range(min(width, radius) + 1))
    values = 2.0 ** sum(entropy_of_bits)
    return masks * (min(m, values) * LOOK_UP + m * n / values * COMPARE)


def _even_deals(bands: int) -> Iterator[Bands]:
    """Yield the ways to deal the bits of highest entropy evenly to `bands` bands."""
    for bits in range(bands, min(64, bands * WIDEST) + 1):
        yield [list(range(band, bits, bands)) for band in range(bands)]


def _moves(bands: Bands) -> Iterator[Bands]:
    """Yield `bands`, widest first, after each possible move of one bit to another band."""
    for giver, taker in permutations(range(len(bands)), 2):
        if len(bands[giver]) > 1 and len(bands[taker]) < WIDEST:
            moved = [list(band) for band in bands]
            moved[taker].append(moved[giver].pop())
            yield sorted(moved, key=len, reverse=True)
