"""
A BK-tree in flat arrays.

Burkhard and Keller (1973, https://doi.org/10.1145/362003.362025) sort things by their distance to
a pivot, and each group again by its distance to a pivot of its own. Whatever lies within r of a
query lies, by the triangle inequality, only in groups whose distance to the pivot differs from
the query's by at most r; the others are never looked at.

Here no node is an object. The hashes stand in one array in the order of the tree, so that every
subtree is one slice of it, and neighbouring groups are neighbouring slices: the groups that a
query accepts under a node are one slice too. A subtree of at most `BUCKET` hashes is not split
but scanned. A search walks all nodes of a level at once.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.ragged_ranges import ranges, runs

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

BUCKET = 256
GROUPS = 65  # distances 0 to 64
# Slices that are sorted at a time: their groups are numbered in 16 bits, which sort quickest.
SOME = 2**16 // GROUPS


@dataclass(frozen=True)
class Visit:
    """What a search looks at: pivots of inner nodes, hashes of buckets, and where both stand."""

    nodes: int
    scanned: int
    positions: Positions


class BKTree:
    """
    Distinct 64-bit hashes in the order of a BK-tree, with `within` and changes.

    >>> tree = BKTree.build(np.array([0b0000, 0b0001, 0b0111], dtype=np.uint64))
    >>> sorted(tree.within(0b0000, 1)[0].tolist())
    [0, 1]
    >>> tree.add(0b0011), tree.discard(0b0001), len(tree)
    (True, True, 3)
    >>> sorted(tree.within(0b0000, 2)[0].tolist())
    [0, 3]
    """

    def __init__(self) -> None:
        self.hashes: Hashes = np.empty(0, dtype=np.uint64)
        self._alive = np.empty(0, dtype=bool)
        self._added: set[int] = set()
        # Inner nodes: where the slice begins (there stands the pivot), and for each distance
        # where its group begins in the slice and, if it is split again, its node number.
        self._starts: Positions = np.empty(0, dtype=np.int64)
        self._groups = np.empty((0, GROUPS + 1), dtype=np.int32)
        self._nodes = np.empty((0, GROUPS), dtype=np.int32)

    @classmethod
    def build(cls, hashes: Hashes) -> Self:
        """Build the tree of `hashes`, shape (n,), in any order; equal ones count once."""
        tree = cls()
        tree._build(distinct(np.asarray(hashes, dtype=np.uint64)))
        return tree

    def __len__(self) -> int:
        return int(np.count_nonzero(self._alive)) + len(self._added)

    @property
    def nbytes(self) -> int:
        arrays = (self.hashes, self._alive, self._starts, self._groups, self._nodes)
        return sum(array.nbytes for array in arrays)

    def __contains__(self, hash_: int) -> bool:
        return hash_ in self._added or self._position(hash_) is not None

    def add(self, hash_: int) -> bool:
        """Add a hash; False if it was there. Enough new ones rebuild the tree."""
        if hash_ in self:
            return False
        self._added.add(hash_)
        if len(self._added) > max(8192, len(self.hashes) // 32):
            self._build(distinct(self.to_array()))
        return True

    def discard(self, hash_: int) -> bool:
        """Take a hash out; False if it was not there."""
        if hash_ in self._added:
            self._added.remove(hash_)
            return True
        position = self._position(hash_)
        if position is None:
            return False
        self._alive[position] = False  # its place keeps steering searches until a rebuild
        return True

    def to_array(self) -> Hashes:
        """Return all hashes, shape (n,), in the order of the tree and then of arrival."""
        added = np.fromiter(self._added, dtype=np.uint64, count=len(self._added))
        return np.concatenate([self.hashes[self._alive], added])

    def within(self, query: int, max_distance: int) -> tuple[Hashes, npt.NDArray[np.uint8]]:
        """Return the hashes at most `max_distance` bits from `query`, and their distances."""
        positions = self.candidates(query, max_distance).positions
        found = self.hashes[positions[self._alive[positions]]]
        found = np.concatenate([found, np.fromiter(self._added, np.uint64, len(self._added))])
        distances = np.bitwise_count(found ^ np.uint64(query))
        near = distances <= max_distance
        return found[near], distances[near]

    def candidates(self, query: int, max_distance: int) -> Visit:
        """
        Return what the triangle inequality leaves over: all hashes within `max_distance`, and more.

        These are the visited pivots and the buckets that may hold what is near.
        """
        visit = self.walk(query, max_distance, len(self.hashes))
        assert visit is not None
        return visit

    def walk(self, query: int, max_distance: int, most: int) -> Visit | None:
        """Return the same, or None as soon as it is certain to be more than `most` hashes."""
        frontier = np.zeros(min(1, len(self._starts)), dtype=np.int64)
        # A tree too small to have an inner node is one bucket.
        slices = [] if len(frontier) else [(np.zeros(1, np.int64), np.array([len(self.hashes)]))]
        pivots = []
        scanned = 0
        while len(frontier):
            pivots.append(self._starts[frontier])
            distances = np.bitwise_count(self.hashes[pivots[-1]] ^ np.uint64(query)).astype(int)
            begin, end, frontier = self._accepted(frontier, distances, max_distance)
            slices.append((begin, end))
            scanned += int((end - begin).sum())
            # A node that is to be visited is no bucket: more than BUCKET hashes hang on it.
            if scanned + len(frontier) > most:
                return None
        buckets = ranges(*map(np.concatenate, zip(*slices, strict=True)))
        positions = np.concatenate([*pivots, buckets]) if pivots else buckets
        return Visit(len(positions) - len(buckets), len(buckets), positions)

    def _accepted(
        self, nodes: Positions, distances: Positions, max_distance: int
    ) -> tuple[Positions, Positions, Positions]:
        """Return bounds of the buckets and numbers of the nodes that a query may find near."""
        low = np.maximum(distances - max_distance, 0)[:, None]
        high = np.minimum(distances + max_distance, GROUPS - 1)[:, None]
        edges = np.arange(GROUPS)
        accepted = (edges >= low) & (edges <= high)
        groups, children = self._groups[nodes].astype(np.int64), self._nodes[nodes]
        buckets = accepted & (children < 0) & (groups[:, 1:] > groups[:, :-1])
        inner = children[accepted & (children >= 0)].astype(np.int64)
        return groups[:, :-1][buckets], groups[:, 1:][buckets], inner

    def _position(self, hash_: int) -> int | None:
        """Return where `hash_` stands and lives: a search of radius 0 follows one path."""
        positions = self.candidates(hash_, 0).positions
        here = positions[(self.hashes[positions] == np.uint64(hash_)) & self._alive[positions]]
        return int(here[0]) if len(here) else None

    def _build(self, hashes: Hashes) -> None:
        """
        Lay out distinct `hashes` level by level.

        Each round takes all slices that are still too large, sorts each by the distance to its
        first hash, which becomes the pivot, and cuts it where the distance changes.
        """
        # Sorted hashes begin alike, and pivots that are alike split alike: shuffle once.
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
        self.hashes, self._alive, self._added = order, np.ones(len(order), dtype=bool), set()
        self._starts = np.concatenate([np.empty(0, np.int64), *starts])
        self._groups = np.concatenate(
            [np.empty((0, GROUPS + 1), np.int32), *groups], dtype=np.int32
        )
        self._nodes = np.concatenate([np.empty((0, GROUPS), np.int32), *nodes])


def _sort_by_pivot(order: Hashes, begin: Positions, end: Positions) -> Positions:
    """
    Sort each slice begin:end of `order` in place by distance to its first hash.

    Returns the bounds of the groups, shape (slices, GROUPS + 1): group d of slice i is
    bounds[i, d]:bounds[i, d + 1]; the pivot itself stands before group 0.
    """
    sizes = [
        _sort_some(order, begin[start : start + SOME], end[start : start + SOME])
        for start in range(0, len(begin), SOME)
    ]
    counts = np.concatenate(sizes)
    counts[:, 0] -= 1  # hashes are distinct, so only the pivot is at distance 0
    return np.cumsum(np.column_stack([begin + 1, counts]), axis=1)


def _sort_some(order: Hashes, begin: Positions, end: Positions) -> Positions:
    """Sort these slices, at most `SOME`; return the sizes of groups, shape (slices, GROUPS)."""
    lengths = end - begin
    inside = runs(begin, lengths)
    hashes = order[inside]
    label = np.bitwise_count(hashes ^ order[begin].repeat(lengths)).astype(np.uint16)
    label += (np.arange(len(begin), dtype=np.uint16) * np.uint16(GROUPS)).repeat(lengths)
    order[inside] = hashes[np.argsort(label, kind="stable")]
    return np.bincount(label, minlength=len(begin) * GROUPS).reshape(-1, GROUPS)


def distinct(hashes: Hashes) -> Hashes:
    """Return `hashes`, shape (n,), ascending and each once."""
    # np.unique does the same, but hashes what sorts ten times faster.
    if len(hashes) < 2:
        return hashes
    hashes = np.sort(hashes)
    first = np.empty(len(hashes), dtype=bool)
    first[0] = True
    np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
    return hashes[first]
