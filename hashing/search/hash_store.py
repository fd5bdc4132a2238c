"""
Distinct hashes, and the three ways to those that are near a query.

The flat scan compares all of them: nothing beats it for few hashes or large radii. The bands
(`multi_index`) are for many hashes. The BK-tree (`bktree`) is for small radii in
hashes that share so many bits that bands do not tell them apart.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.search.bktree import BKTree, distinct
from hashing.search.multi_index import BandTable, Slices

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Distances = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Way = Literal["flat scan", "bands", "BK-tree"]

# From this many hashes on bands pay, in time and in memory.
BANDS_FROM = 80_000
# How many hashes a flat scan compares while bands begin, look up a value, compare a candidate.
BEGIN_COST, PROBE_COST, CANDIDATE_COST = 8000, 24, 10
# Where the walk of a tree may be quicker than a scan, and how much of a scan it may cost.
TREE_FROM, TREE_RADIUS, TREE_SHARE = 200_000, 2, 8
# Hashes whose distances are taken at a time: what is in between stays in the processor's cache.
BLOCK = 1 << 16
LOW = 2**64 - 1
# If more than one in so many hashes is near, a scan is the quicker way to sort them out.
CROWD = 64

NOTHING = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)


class Plan(NamedTuple):
    """How a query is answered: the way, and what it looks at: nodes of a tree, and candidates."""

    way: Way
    nodes: int
    candidates: int
    slices: Slices | None = None
    positions: Places | None = None


class HashStore:
    """
    Distinct hashes in ascending order, shape (n,), or (n, words) with the highest bits first.

    >>> store = HashStore(np.array([0b0000, 0b0001, 0b0111], dtype=np.uint64))
    >>> [found.tolist() for found in store.within(0b0001, 1)]
    [[0, 1], [1, 0]]
    """

    def __init__(self, hashes: Hashes) -> None:
        self.words = words_of(hashes)
        self._count = len(hashes)
        self._is_narrow = len(self.words) == 1
        self._has_bands = self._is_narrow and len(hashes) >= BANDS_FROM
        if self._has_bands:
            self.words = (self.bands.hashes[: len(hashes)],)  # the same, once instead of twice

    @property
    def hashes(self) -> Hashes:
        return self.words[0] if self._is_narrow else np.column_stack(self.words)

    @property
    def nbytes(self) -> int:
        """How much memory the hashes and the ways to them take; a tree only once it is made."""
        ways = [self.__dict__[name].nbytes for name in ("bands", "tree") if name in self.__dict__]
        return sum(ways) + (0 if self._has_bands else sum(word.nbytes for word in self.words))

    def __len__(self) -> int:
        return self._count

    @cached_property
    def bands(self) -> BandTable:
        return BandTable.build(self.words[0])

    @cached_property
    def tree(self) -> BKTree:
        """Made at the first query that wants it."""
        return BKTree.build(self.words[0])

    def plan(self, query: int, max_distance: int, way: Way | None = None) -> Plan:
        """
        Find the cheapest way: what it would look at is counted before it is compared.

        If `way` is given, it is that one; wide hashes know only the flat scan.
        """
        if way == "bands" or (way is None and self._has_bands):
            if plan := self._bands_plan(query, max_distance, bool(way)):
                return plan
            if max_distance <= TREE_RADIUS and len(self) >= TREE_FROM:
                # Hashes in which bands meet too many have much in common.
                most = len(self) // TREE_SHARE
                return self._tree_plan(query, max_distance, most) or self._scan_plan()
        if way == "BK-tree":
            return self._tree_plan(query, max_distance, len(self)) or self._scan_plan()
        return self._scan_plan()

    def _bands_plan(self, query: int, max_distance: int, is_forced: bool) -> Plan | None:
        if not self._is_narrow:
            return None
        count, bands = self._count, self.bands
        cost = BEGIN_COST + PROBE_COST * bands.probe_count(max_distance)
        if cost > count and not is_forced:
            return None
        slices = bands.slices(query, max_distance)
        candidates = int(slices.ends[-1])
        if cost + CANDIDATE_COST * candidates > count and not is_forced:
            return None
        return Plan("bands", 0, candidates, slices)

    def _tree_plan(self, query: int, max_distance: int, most: int) -> Plan | None:
        if not self._is_narrow or not (visit := self.tree.walk(query, max_distance, most)):
            return None
        return Plan("BK-tree", visit.nodes, visit.scanned, positions=visit.positions)

    def _scan_plan(self) -> Plan:
        return Plan("flat scan", 0, len(self))

    def within(
        self, query: int, max_distance: int, way: Way | None = None
    ) -> tuple[Places, Distances]:
        """
        Return the places of all hashes at most `max_distance` bits from `query`; and how far.

        By `way`, or by the one that is quickest.
        """
        plan = self.plan(query, max_distance, way)
        if plan.slices is not None:
            candidates = self.bands.gather(plan.slices)
        elif plan.positions is not None:
            candidates = self.tree.hashes.take(plan.positions)
        else:
            return self._scanned(query, max_distance)
        # In place, because few are near, and of those the hash is easily had back.
        candidates ^= np.uint64(query)
        differing = candidates.take((np.bitwise_count(candidates) <= max_distance).nonzero()[0])
        if not len(differing):
            return NOTHING
        if len(differing) > self._count // CROWD and not way:
            return self._scanned(query, max_distance)
        near = distinct(differing ^ np.uint64(query))
        return self.words[0].searchsorted(near), np.bitwise_count(near ^ np.uint64(query))

    def _scanned(self, query: int, max_distance: int) -> tuple[Places, Distances]:
        distances = distances_of(self.words, query)
        places = (distances <= max_distance).nonzero()[0]
        return places, distances[places]


def words_of(hashes: Hashes) -> tuple[Hashes, ...]:
    """Return the columns of `hashes`, shape (n,) or (n, words), each by itself."""
    columns = (hashes,) if hashes.ndim == 1 else hashes.T
    return tuple(np.ascontiguousarray(column, dtype=np.uint64) for column in columns)


def distances_of(words: Sequence[Hashes], query: int) -> Distances:
    """Return the distances of hashes, as their `words`, to a query."""
    if len(words) == 1:
        return _narrow_distances(words[0], np.uint64(query))
    distances = np.zeros(len(words[0]), dtype=np.uint16)
    for word in words[::-1]:
        distances += _narrow_distances(word, np.uint64(query & LOW))
        query >>= 64
    return distances


def _narrow_distances(hashes: Hashes, query: np.uint64) -> npt.NDArray[np.uint8]:
    if len(hashes) <= BLOCK:
        return np.bitwise_count(hashes ^ query)
    distances = np.empty(len(hashes), dtype=np.uint8)
    block = np.empty(BLOCK, dtype=np.uint64)
    for start in range(0, len(hashes), BLOCK):
        part = hashes[start : start + BLOCK]
        differing = np.bitwise_xor(part, query, out=block[: len(part)])
        np.bitwise_count(differing, out=distances[start : start + BLOCK])
    return distances
