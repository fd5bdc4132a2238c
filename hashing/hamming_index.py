"""
Keys by Hamming distance: one `within()` over the ways there are to answer it.

Only distinct hashes are searched; the keys that share one hang in its bucket, so a thousand equal
pictures cost one place. An index never changes: `with_changes` returns a new one that shares the
large arrays, so whoever is reading the old one goes on undisturbed.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.bands import cross_portions, near_pairs
from hashing.bktree import BKTree
from hashing.slices import ranges

Keys = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Distances = npt.NDArray[np.uint8]

# Below this many distinct hashes, or above this radius, comparing with every hash is quicker
# than walking the tree; measured with benchmarks/search.py.
FLAT_BELOW = 200_000
TREE_RADIUS = 3


@dataclass(frozen=True)
class Explanation:
    """How a search is answered: the way, and what it looks at of how many distinct hashes."""

    way: str
    nodes: int
    candidates: int
    hashes: int


@dataclass(frozen=True)
class Pairs:
    """
    All pairs of distinct hashes within a radius.

    `groups[i]` are the keys, ascending, that share hash number i; `first[k]`, `second[k]` are
    the numbers of two hashes `distances[k]` bits apart.
    """

    hashes: Hashes
    groups: list[Keys]
    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    distances: Distances


class HammingIndex:
    """
    An exact index of 64-bit hashes (shorter ones too) by integer keys.

    >>> index = HammingIndex.build(np.array([7, 8, 9]), np.array([0, 1, 255], dtype=np.uint64))
    >>> keys, distances = index.within(0, max_distance=1)
    >>> dict(zip(keys.tolist(), distances.tolist()))
    {7: 0, 8: 1}
    """

    def __init__(self) -> None:
        # Rows sorted by key; a row that was changed or deleted since the build is not alive.
        self._keys: Keys = np.empty(0, dtype=np.int64)
        self._hashes: Hashes = np.empty(0, dtype=np.uint64)
        self._alive = np.empty(0, dtype=bool)
        # The tree of distinct hashes, and for each place in it the rows of its bucket:
        # _rows[_offsets[place]:_offsets[place + 1]].
        self._tree = BKTree.build(self._hashes)
        self._rows = np.empty(0, dtype=np.int32)
        self._offsets = np.zeros(1, dtype=np.int64)
        # What came since the build, scanned flat.
        self._recent_keys: Keys = np.empty(0, dtype=np.int64)
        self._recent_hashes: Hashes = np.empty(0, dtype=np.uint64)

    @classmethod
    def build(cls, keys: Keys, hashes: Hashes) -> Self:
        """Index distinct `keys`, shape (n,), by `hashes`, shape (n,)."""
        index = cls()
        order = np.argsort(keys, kind="stable")
        index._keys = np.asarray(keys, dtype=np.int64)[order]
        index._hashes = np.asarray(hashes, dtype=np.uint64)[order]
        index._alive = np.ones(len(order), dtype=bool)
        index._tree = BKTree.build(index._hashes)
        sorter = np.argsort(index._tree.hashes)
        places = sorter[np.searchsorted(index._tree.hashes, index._hashes, sorter=sorter)]
        index._rows = np.argsort(places, kind="stable").astype(np.int32)
        sizes = np.bincount(places, minlength=len(sorter))
        index._offsets = np.concatenate([[0], np.cumsum(sizes)])
        return index

    def with_changes(self, changed: Keys, keys: Keys, hashes: Hashes) -> HammingIndex:
        """
        Return this index without the keys `changed`, and with `keys` at `hashes`.

        `keys` are those of `changed` that still have a hash. What came since the build slows
        searches down a little more each time: see `merge_is_due`.
        """
        index = copy.copy(self)
        index.__dict__.pop("entries", None)
        places = np.searchsorted(self._keys, changed)
        places = places[places < len(self._keys)]
        index._alive = self._alive.copy()
        index._alive[places[np.isin(self._keys[places], changed)]] = False
        staying = ~np.isin(self._recent_keys, changed)
        index._recent_keys = np.concatenate([self._recent_keys[staying], keys])
        index._recent_hashes = np.concatenate([self._recent_hashes[staying], hashes])
        return index

    @property
    def merge_is_due(self) -> bool:
        """Whether so much came since the build that it pays to build anew."""
        return len(self._recent_keys) > max(8192, len(self._keys) // 32)

    def merged(self) -> HammingIndex:
        """Return an index of the same entries, built anew; takes a while, changes nothing."""
        return HammingIndex.build(*self.entries)

    @cached_property
    def entries(self) -> tuple[Keys, Hashes]:
        """All keys and their hashes, shape (n,) each."""
        return (
            np.concatenate([self._keys[self._alive], self._recent_keys]),
            np.concatenate([self._hashes[self._alive], self._recent_hashes]),
        )

    def __len__(self) -> int:
        return int(np.count_nonzero(self._alive)) + len(self._recent_keys)

    def within(self, query: int, max_distance: int) -> tuple[Keys, Distances]:
        """Return the keys of all hashes at most `max_distance` bits from `query`, unordered."""
        hashes = self._tree.hashes
        if self._prefers_tree(max_distance):
            places, _ = self._tree.candidates(query, max_distance)
            distances = np.bitwise_count(hashes[places] ^ np.uint64(query))
            near = distances <= max_distance
            places, distances = places[near], distances[near]
        else:
            distances = np.bitwise_count(hashes ^ np.uint64(query))
            places = np.flatnonzero(distances <= max_distance)
            distances = distances[places]
        return self._keys_at(places, distances, query, max_distance)

    def within_many(
        self, queries: Hashes, max_distance: int
    ) -> tuple[npt.NDArray[np.int64], Keys, Distances]:
        """
        Answer `within` for all `queries`, shape (m,), at once.

        Returns numbers of queries, and the keys and distances that were found for them.
        """
        store = np.concatenate([self._tree.hashes, self._recent_hashes])
        sizes = np.concatenate([np.diff(self._offsets), np.ones(len(self._recent_keys), int)])
        rows = np.concatenate([self._rows, np.arange(len(self._recent_keys)) + len(self._keys)])
        keys = np.concatenate([self._keys, self._recent_keys])
        alive = np.concatenate([self._alive, np.ones(len(self._recent_keys), bool)])
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        portions = list(cross_portions(np.asarray(queries, np.uint64), store, max_distance))
        found = np.concatenate([np.empty((3, 0), np.int64), *portions], axis=1)
        found_rows = rows[ranges(offsets[found[1]], offsets[found[1] + 1])]
        held = alive[found_rows]
        numbers, _, distances = np.repeat(found, sizes[found[1]], axis=1)[:, held]
        return numbers, keys[found_rows[held]], distances.astype(np.uint8)

    def explain(self, query: int, max_distance: int) -> Explanation:
        """Tell how `within` answers the same question."""
        hashes = len(self._tree.hashes) + len(self._recent_keys)
        if not self._prefers_tree(max_distance):
            return Explanation("flat scan", 0, hashes, hashes)
        _, visit = self._tree.candidates(query, max_distance)
        seen = visit.scanned + len(self._recent_keys)
        return Explanation("BK-tree", visit.nodes, seen, hashes)

    def pairs(self, max_distance: int, keys: Keys | None = None) -> Pairs:
        """
        Return all pairs of distinct hashes at most `max_distance` bits apart.

        With `keys`, shape (m,), as if the index held no other ones.
        """
        wanted = keys
        keys, hashes = self.entries
        if wanted is not None:
            held = np.isin(keys, wanted)
            keys, hashes = keys[held], hashes[held]
        order = np.lexsort((keys, hashes))
        distinct, starts = np.unique(hashes[order], return_index=True)
        groups = np.split(keys[order], starts[1:]) if len(distinct) else []
        first, second, distances = near_pairs(distinct, max_distance)
        return Pairs(distinct, groups, first, second, distances.astype(np.uint8))

    def _prefers_tree(self, max_distance: int) -> bool:
        return len(self._tree.hashes) >= FLAT_BELOW and max_distance <= TREE_RADIUS

    def _keys_at(
        self, places: npt.NDArray[np.int64], distances: Distances, query: int, max_distance: int
    ) -> tuple[Keys, Distances]:
        begin, end = self._offsets[places], self._offsets[places + 1]
        rows = self._rows[ranges(begin, end)]
        alive = self._alive[rows]
        keys, distances = self._keys[rows[alive]], np.repeat(distances, end - begin)[alive]
        if not len(self._recent_keys):
            return keys, distances
        recent = np.bitwise_count(self._recent_hashes ^ np.uint64(query))
        near = recent <= max_distance
        return (
            np.concatenate([keys, self._recent_keys[near]]),
            np.concatenate([distances, recent[near]]),
        )
