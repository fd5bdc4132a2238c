"""
A BK-tree in flat arrays.

W. A. Burkhard and R. M. Keller, "Some Approaches to Best-Match File Searching", CACM 16(4), 1973
(https://doi.org/10.1145/362003.362025): items are grouped by their distance to a pivot, and each
group is divided again by a pivot of its own. By the triangle inequality, all items within r of a
query lie in groups whose distance to the pivot differs from the query's by at most r; other
groups are skipped.

Nodes are not objects here. One array holds the hashes in the order of the tree, so that every
subtree is a slice of it and neighbouring groups are neighbouring slices: the groups of a node
that a query has to search are contiguous too. Subtrees of at most `BUCKET` hashes are not divided
but scanned. A search walks all nodes of a level at once.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.arrays import Hashes, Positions, distinct
from hashing.search.ragged_ranges import ranges, runs

BUCKET = 256
GROUPS = 65  # distances 0 to 64
# Slices that are sorted at a time: 16 bits number their groups, and sort fastest.
SLICES = 2**16 // GROUPS


@dataclass(frozen=True)
class Visit:
    """
    What a search compares with its query.

    `positions` are those of `nodes` pivots of inner nodes, followed by those of `scanned` hashes
    in buckets.
    """

    nodes: int
    scanned: int
    positions: Positions


class BKTree:
    """
    Distinct 64-bit hashes in the order of a BK-tree.

    >>> tree = BKTree.build(np.array([0b0000, 0b0001, 0b0111], dtype=np.uint64))
    >>> sorted(tree.within(0b0000, 1)[0].tolist())
    [0, 1]
    """

    def __init__(self) -> None:
        self.hashes: Hashes = np.empty(0, dtype=np.uint64)
        # For each inner node: the beginning of its slice, where the pivot is, and for each
        # distance the beginning of the group and, if the group is divided, its node (or -1).
        self._starts: Positions = np.empty(0, dtype=np.int64)
        self._groups = np.empty((0, GROUPS + 1), dtype=np.int32)
        self._nodes = np.empty((0, GROUPS), dtype=np.int32)

    @classmethod
    def build(cls, hashes: Hashes) -> Self:
        """Build the tree of `hashes`, shape (n,), in any order; duplicates are dropped."""
        tree = cls()
        tree._build(distinct(np.asarray(hashes, dtype=np.uint64)))
        return tree

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def nbytes(self) -> int:
        """The memory that the arrays take, in bytes."""
        arrays = (self.hashes, self._starts, self._groups, self._nodes)
        return sum(array.nbytes for array in arrays)

    def within(self, query: int, max_distance: int) -> tuple[Hashes, npt.NDArray[np.uint8]]:
        """Return the hashes at most `max_distance` bits from `query`, and their distances."""
        hashes = self.hashes[self.candidates(query, max_distance).positions]
        distances = np.bitwise_count(hashes ^ np.uint64(query))
        near = distances <= max_distance
        return hashes[near], distances[near]

    def candidates(self, query: int, max_distance: int) -> Visit:
        """Return all hashes that the triangle inequality does not rule out."""
        visit = self.walk(query, max_distance, len(self.hashes))
        assert visit is not None
        return visit

    def walk(self, query: int, max_distance: int, most: int) -> Visit | None:
        """Return the same, or None as soon as there are certain to be more than `most` hashes."""
        frontier = np.zeros(min(1, len(self._starts)), dtype=np.int64)
        # A tree too small for an inner node is a single bucket.
        slices = [] if len(frontier) else [(np.zeros(1, np.int64), np.array([len(self.hashes)]))]
        pivots = []
        scanned = 0
        while len(frontier):
            pivots.append(self._starts[frontier])
            distances = np.bitwise_count(self.hashes[pivots[-1]] ^ np.uint64(query)).astype(int)
            begin, end, frontier = self._accepted(frontier, distances, max_distance)
            slices.append((begin, end))
            scanned += int((end - begin).sum())
            # Every node still to be visited leads to at least one more hash.
            if scanned + len(frontier) > most:
                return None
        buckets = ranges(*map(np.concatenate, zip(*slices, strict=True)))
        positions = np.concatenate([*pivots, buckets]) if pivots else buckets
        return Visit(len(positions) - len(buckets), len(buckets), positions)

    def _accepted(
        self, nodes: Positions, distances: Positions, max_distance: int
    ) -> tuple[Positions, Positions, Positions]:
        """
        Return the children of `nodes` that can hold hashes near the query.

        `distances` are those of the pivots to the query. The result is the beginnings and ends of
        buckets, and the numbers of inner nodes.
        """
        low = np.maximum(distances - max_distance, 0)[:, None]
        high = np.minimum(distances + max_distance, GROUPS - 1)[:, None]
        edges = np.arange(GROUPS)
        accepted = (edges >= low) & (edges <= high)
        groups, children = self._groups[nodes].astype(np.int64), self._nodes[nodes]
        buckets = accepted & (children < 0) & (groups[:, 1:] > groups[:, :-1])
        inner = children[accepted & (children >= 0)].astype(np.int64)
        return groups[:, :-1][buckets], groups[:, 1:][buckets], inner

    def _build(self, hashes: Hashes) -> None:
        """
        Lay out distinct `hashes` level by level.

        Each round takes all slices that are still too large, sorts each by the distance to its
        first hash, which becomes the pivot, and cuts it where the distance changes.
        """
        # Pivots that are alike divide alike, and neighbours in sorted order are alike: shuffle.
        order = np.random.default_rng(0).permutation(hashes)
        starts, groups, nodes = [], [], []
        begin, end = np.zeros(1, np.int64), np.array([len(order)])
        number = 0
        while len(begin := begin[large := end - begin > BUCKET]):
            end = end[large]
            bounds = _sort_by_pivot(order, begin, end)
            split = bounds[:, 1:] - bounds[:, :-1] > BUCKET
            children = np.full(split.shape, -1, dtype=np.int32)
            number += len(begin)
            children[split] = np.arange(number, number + np.count_nonzero(split))
            starts.append(begin)
            groups.append(bounds)
            nodes.append(children)
            begin, end = bounds[:, :-1][split], bounds[:, 1:][split]
        self.hashes = order
        self._starts = np.concatenate([np.empty(0, np.int64), *starts])
        self._groups = np.concatenate(
            [np.empty((0, GROUPS + 1), np.int32), *groups], dtype=np.int32
        )
        self._nodes = np.concatenate([np.empty((0, GROUPS), np.int32), *nodes])


def _sort_by_pivot(order: Hashes, begin: Positions, end: Positions) -> Positions:
    """
    Sort each slice begin:end of `order` in place by the distance to its first hash.

    Returns the bounds of the groups, shape (slices, GROUPS + 1): group d of slice i is
    bounds[i, d]:bounds[i, d + 1]. The pivot itself is before group 0.
    """
    sizes = [
        _sort_slices(order, begin[start : start + SLICES], end[start : start + SLICES])
        for start in range(0, len(begin), SLICES)
    ]
    counts = np.concatenate(sizes)
    counts[:, 0] -= 1  # hashes are distinct, so only the pivot is at distance 0
    return np.cumsum(np.column_stack([begin + 1, counts]), axis=1)


def _sort_slices(order: Hashes, begin: Positions, end: Positions) -> Positions:
    """Sort at most `SLICES` slices; return the sizes of groups, shape (slices, GROUPS)."""
    lengths = end - begin
    inside = runs(begin, lengths)
    hashes = order[inside]
    label = np.bitwise_count(hashes ^ order[begin].repeat(lengths)).astype(np.uint16)
    label += (np.arange(len(begin), dtype=np.uint16) * np.uint16(GROUPS)).repeat(lengths)
    order[inside] = hashes[np.argsort(label, kind="stable")]
    return np.bincount(label, minlength=len(begin) * GROUPS).reshape(-1, GROUPS)
