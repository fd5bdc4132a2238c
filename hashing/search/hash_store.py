"""
Distinct hashes, and three ways to search them.

The flat scan compares all hashes; it is fastest for few hashes or large radii. The bands
(`multi_index`) are for many hashes. The BK-tree (`bktree`) is for small radii, among hashes that
share so many bits that bands do not tell them apart.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.search.arrays import Distances, Hashes, Positions, distinct
from hashing.search.bktree import BKTree
from hashing.search.multi_index import BandTable, Slices

Way = Literal["flat scan", "bands", "BK-tree"]

# From this many hashes on, bands are worth their time and memory.
BANDS_FROM = 80_000
# Costs of a search by bands (to begin, to look up a value, to compare a candidate), as the number
# of hashes that a flat scan compares in the same time; measured.
BEGIN_COST, PROBE_COST, CANDIDATE_COST = 8000, 24, 10
# The tree can beat a scan from this many hashes on and up to this radius, as long as it visits at
# most one in TREE_SHARE of the hashes.
TREE_FROM, TREE_RADIUS, TREE_SHARE = 200_000, 2, 8
# Hashes compared at a time, so that intermediate arrays stay in the processor's cache.
BLOCK = 1 << 16
LOW = 2**64 - 1  # the lowest word of a wide hash
# If more than one in CROWD hashes is near, a scan is quicker than removing duplicates.
CROWD = 64

NOTHING = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)


class Plan(NamedTuple):
    """
    How a query is answered: the way, the tree nodes visited, the candidates compared.

    `slices` hold the candidates in the bands, `positions` are those in the tree.
    """

    way: Way
    nodes: int
    candidates: int
    slices: Slices | None = None
    positions: Positions | None = None


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
            self.words = (self.bands.hashes[: len(hashes)],)  # a view, so that they are held once

    @property
    def hashes(self) -> Hashes:
        """All hashes in ascending order, shape (n,) or (n, words)."""
        return self.words[0] if self._is_narrow else np.column_stack(self.words)

    @property
    def nbytes(self) -> int:
        """The memory that the hashes, and bands and tree once built, take in bytes."""
        words = 0 if self._has_bands else sum(word.nbytes for word in self.words)
        bands = self.bands.nbytes if "bands" in self.__dict__ else 0
        tree = self.tree.nbytes if "tree" in self.__dict__ else 0
        return words + bands + tree

    def __len__(self) -> int:
        return self._count

    @cached_property
    def bands(self) -> BandTable:
        """The hashes by bands, built on first use."""
        return BandTable.build(self.words[0])

    @cached_property
    def tree(self) -> BKTree:
        """The hashes as a tree, built on first use."""
        return BKTree.build(self.words[0])

    def plan(self, query: int, max_distance: int, way: Way | None = None) -> Plan:
        """
        Return the cheapest plan; candidates are counted before any is compared.

        If `way` is given, the plan takes it, except that wide hashes can only be scanned.
        """
        if way == "bands" or (way is None and self._has_bands):
            if plan := self._bands_plan(query, max_distance, bool(way)):
                return plan
            if max_distance <= TREE_RADIUS and len(self) >= TREE_FROM:
                # Too many hashes share the query's bands, so the tree may be better.
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
    ) -> tuple[Positions, Distances]:
        """
        Return the positions and distances of all hashes at most `max_distance` from `query`.

        Positions count in `hashes`. Without `way`, the cheapest one is taken.
        """
        plan = self.plan(query, max_distance, way)
        if plan.slices is not None:
            candidates = self.bands.gather(plan.slices)
        elif plan.positions is not None:
            candidates = self.tree.hashes.take(plan.positions)
        else:
            return self._scanned(query, max_distance)
        # In place, to save a copy: the few hashes that are near are restored below.
        candidates ^= np.uint64(query)
        differing = candidates.take((np.bitwise_count(candidates) <= max_distance).nonzero()[0])
        if not len(differing):
            return NOTHING
        if len(differing) > self._count // CROWD and not way:
            return self._scanned(query, max_distance)
        near = distinct(differing ^ np.uint64(query))
        return self.words[0].searchsorted(near), np.bitwise_count(near ^ np.uint64(query))

    def _scanned(self, query: int, max_distance: int) -> tuple[Positions, Distances]:
        distances = distances_of(self.words, query)
        positions = (distances <= max_distance).nonzero()[0]
        return positions, distances[positions]


def words_of(hashes: Hashes) -> tuple[Hashes, ...]:
    """Return the columns of `hashes`, shape (n,) or (n, words), as contiguous arrays."""
    columns = (hashes,) if hashes.ndim == 1 else hashes.T
    return tuple(np.ascontiguousarray(column, dtype=np.uint64) for column in columns)


def distances_of(words: Sequence[Hashes], query: int) -> Distances:
    """Return the distances in bits of hashes, given by their `words`, to `query`."""
    if len(words) == 1:
        return _narrow_distances(words[0], np.uint64(query))
    distances = np.zeros(len(words[0]), dtype=np.uint16)
    for word in words[::-1]:
        distances += _narrow_distances(word, np.uint64(query & LOW))
        query >>= 64
    return distances


def _narrow_distances(hashes: Hashes, query: np.uint64) -> npt.NDArray[np.uint8]:
    distances: npt.NDArray[np.uint8]
    if len(hashes) <= BLOCK:
        distances = np.bitwise_count(hashes ^ query)
        return distances
    distances = np.empty(len(hashes), dtype=np.uint8)
    block = np.empty(BLOCK, dtype=np.uint64)
    for start in range(0, len(hashes), BLOCK):
        part = hashes[start : start + BLOCK]
        differing = np.bitwise_xor(part, query, out=block[: len(part)])
        np.bitwise_count(differing, out=distances[start : start + BLOCK])
    return distances
