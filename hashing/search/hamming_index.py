"""
An exact index of keys by the Hamming distance of their hashes.

Only distinct hashes are searched, so a thousand equal pictures cost one comparison. An index is
immutable: `with_changes` returns a new one that shares the large arrays, so readers of the old
index are not disturbed.
"""

from __future__ import annotations

import copy
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from hashing.search.arrays import Distances, Hashes, Keys, Mask, Positions, Positions32
from hashing.search.hash_store import HashStore, Way, distances_of, words_of
from hashing.search.ragged_ranges import runs
from hashing.search.similarity_join import near_pairs

# Up to this many changed keys are looked up one by one.
FEW = 20
# An index is rebuilt after more changes than RECENT and than one in RECENT_SHARE of its rows.
RECENT, RECENT_SHARE = 8192, 32


@dataclass(frozen=True)
class Explanation:
    """How a search is answered: the way, tree nodes visited, candidates compared, all hashes."""

    way: Way
    nodes: int
    candidates: int
    hashes: int


@dataclass(frozen=True)
class Pairs:
    """
    All pairs of distinct hashes within a radius.

    `groups[i]` are the keys with the hash `hashes[i]`, in ascending order. The hashes of number
    `first[k]` and `second[k]` are `distances[k]` bits apart.
    """

    hashes: Hashes
    groups: list[Keys]
    first: Positions
    second: Positions
    distances: Distances


class HammingIndex:
    """
    An exact index of hashes by integer keys.

    Hashes of up to 64 bits are arrays of shape (n,), wider ones of shape (n, words), with the
    highest word first. Queries are plain integers.

    >>> index = HammingIndex.build(np.array([7, 8, 9]), np.array([0, 1, 255], dtype=np.uint64))
    >>> keys, distances = index.within(0, max_distance=1)
    >>> dict(zip(keys.tolist(), distances.tolist()))
    {7: 0, 8: 1}
    """

    def __init__(self) -> None:
        self._store = HashStore(np.empty(0, dtype=np.uint64))
        # Row i holds a key of the hash at position i of the store. Further keys of the same
        # hashes follow, in the order of the positions that they share.
        self._keys: Keys = np.empty(0, dtype=np.int64)
        self._shared: Positions32 = np.empty(0, dtype=np.int32)
        # Rows ordered by key, and those not changed or deleted since the build (None: all).
        self._by_key: Positions32 = np.empty(0, dtype=np.int32)
        self._alive: Mask | None = None
        # Entries added since the build, which are scanned.
        self._recent_keys: Keys = np.empty(0, dtype=np.int64)
        self._recent_hashes: Hashes = np.empty(0, dtype=np.uint64)

    @classmethod
    def build(cls, keys: Keys, hashes: Hashes) -> Self:
        """Index distinct `keys`, shape (n,), by `hashes`, shape (n,) or (n, words)."""
        index = cls()
        keys, hashes = np.asarray(keys, dtype=np.int64), np.asarray(hashes, dtype=np.uint64)
        order = np.argsort(hashes) if hashes.ndim == 1 else np.lexsort(hashes.T[::-1])
        hashes = hashes[order]
        first = _firsts(hashes)
        index._store = HashStore(hashes[first])
        index._keys = np.concatenate([keys[order[first]], keys[order[~first]]])
        index._shared = (np.cumsum(first)[~first] - 1).astype(np.int32)
        index._by_key = np.argsort(index._keys).astype(np.int32)
        index._recent_hashes = hashes[:0]
        return index

    def with_changes(self, changed: Keys, keys: Keys, hashes: Hashes) -> HammingIndex:
        """
        Return a copy of this index without the keys `changed`, and with `keys` at `hashes`.

        `keys` are the ones in `changed` that still have a hash. Every change since the build slows
        searches down a little; see `merge_is_due`.
        """
        index = copy.copy(self)
        index.__dict__.pop("entries", None)
        rows = self._rows_of(changed)
        if len(rows):
            index._alive = (
                np.ones(len(self._keys), bool) if self._alive is None else self._alive.copy()
            )
            index._alive[rows] = False
        unchanged = ~np.isin(self._recent_keys, changed)
        index._recent_keys = np.concatenate([self._recent_keys[unchanged], keys])
        recent = self._recent_hashes[unchanged] if len(self) else hashes[:0]
        index._recent_hashes = np.concatenate([recent, hashes])
        return index

    @property
    def merge_is_due(self) -> bool:
        """Whether so many entries were added since the build that a new one is worth its time."""
        return len(self._recent_keys) > max(RECENT, len(self._keys) // RECENT_SHARE)

    def merged(self) -> HammingIndex:
        """Return a newly built index of the same entries."""
        return HammingIndex.build(*self.entries)

    @cached_property
    def entries(self) -> tuple[Keys, Hashes]:
        """All keys, shape (n,), and their hashes, shape (n,) or (n, words)."""
        keys, hashes = self._keys, self._store.hashes
        hashes = np.concatenate([hashes, hashes[self._shared]])
        if self._alive is not None:
            keys, hashes = keys[self._alive], hashes[self._alive]
        if not len(self._recent_keys):
            return keys, hashes
        if not len(keys):
            return self._recent_keys, self._recent_hashes
        return (
            np.concatenate([keys, self._recent_keys]),
            np.concatenate([hashes, self._recent_hashes]),
        )

    @property
    def nbytes(self) -> int:
        """The memory that the index takes, in bytes."""
        arrays = (self._keys, self._shared, self._by_key, self._recent_keys, self._recent_hashes)
        alive = 0 if self._alive is None else self._alive.nbytes
        return self._store.nbytes + alive + sum(array.nbytes for array in arrays)

    def __len__(self) -> int:
        alive = len(self._keys) if self._alive is None else int(np.count_nonzero(self._alive))
        return alive + len(self._recent_keys)

    def within(
        self, query: int, max_distance: int, way: Way | None = None
    ) -> tuple[Keys, Distances]:
        """
        Return keys and distances of all hashes at most `max_distance` bits from `query`.

        They are in no particular order. The result does not depend on `way`; without it, the
        cheapest way is taken.
        """
        positions, distances = self._store.within(query, max_distance, way)
        keys, distances = self._keys_at(positions, distances)
        if not len(self._recent_keys):
            return keys, distances
        recent = words_of(self._recent_hashes)
        further = distances_of(recent, query)
        near = (further <= max_distance).nonzero()[0]
        return (
            np.concatenate([keys, self._recent_keys[near]]),
            np.concatenate([distances, further[near]]),
        )

    def within_many(self, queries: Hashes, max_distance: int) -> tuple[Positions, Keys, Distances]:
        """
        Return what `within` finds for each of `queries`, shape (m,) or (m, words).

        The three arrays are numbers of queries, and the keys and distances found for them.
        """
        answers = [self.within(query, max_distance) for query in integers_of(queries)]
        numbers = np.arange(len(answers)).repeat([len(keys) for keys, _ in answers])
        nothing = (self._keys[:0], np.empty(0, np.uint8))
        keys, distances = zip(nothing, *answers, strict=True)
        return numbers, np.concatenate(keys), np.concatenate(distances)

    def explain(self, query: int, max_distance: int, way: Way | None = None) -> Explanation:
        """Return how `within` answers the same query."""
        plan = self._store.plan(query, max_distance, way)
        recent = len(self._recent_keys)
        return Explanation(
            plan.way, plan.nodes, plan.candidates + recent, len(self._store) + recent
        )

    def pairs(self, max_distance: int, keys: Keys | None = None) -> Pairs:
        """
        Return all pairs of distinct hashes at most `max_distance` bits apart.

        With `keys`, shape (m,), only among the hashes of those keys. Raises TooManyPairs if there
        are more pairs than fit in memory.
        """
        wanted = keys
        keys, hashes = self.entries
        if wanted is not None:
            held = np.isin(keys, wanted)
            keys, hashes = keys[held], hashes[held]
        order = (
            np.lexsort((keys, *hashes.T[::-1])) if hashes.ndim > 1 else np.lexsort((keys, hashes))
        )
        hashes = hashes[order]
        starts = np.flatnonzero(_firsts(hashes))
        distinct = hashes[starts]
        bounds = [*starts.tolist(), len(keys)]
        keys = keys[order]
        # np.split does the same and takes six times as long.
        groups = [keys[begin:end] for begin, end in pairwise(bounds)]
        first, second, distances = near_pairs(distinct, max_distance)
        return Pairs(
            distinct,
            groups,
            first,
            second,
            distances.astype(np.uint16 if hashes.ndim > 1 else np.uint8),
        )

    def _rows_of(self, keys: Keys) -> Positions32:
        """Return the rows of the `keys` that were in the index when it was built."""
        if len(keys) > FEW:
            numbers = self._keys.searchsorted(keys, sorter=self._by_key)
        else:
            # numpy converts a 32-bit sorter each time, which takes longer than a few searches.
            at = self._keys.__getitem__
            numbers = np.array(
                [bisect_left(self._by_key, key, key=at) for key in keys.tolist()], dtype=np.int64
            )
        numbers = numbers[numbers < len(self._keys)]
        rows = self._by_key[numbers]
        return rows[np.isin(self._keys[rows], keys)]

    def _keys_at(self, positions: Positions, distances: Distances) -> tuple[Keys, Distances]:
        """Return all keys of the hashes at `positions`, and the distance of each."""
        rows = positions
        if len(self._shared) and len(positions):
            numbers, further = self._sharing(positions)
            rows = np.concatenate([positions, further])
            distances = np.concatenate([distances, distances[numbers]])
        if self._alive is not None:
            alive = self._alive[rows]
            rows, distances = rows[alive], distances[alive]
        return self._keys.take(rows), distances

    def _sharing(self, positions: Positions) -> tuple[Positions, Positions]:
        """
        Return the further keys of the hashes at `positions`, which are in ascending order.

        The first array says by number which of `positions` each belongs to, the second one holds
        its row.
        """
        if len(positions) < len(self._shared):
            wanted = positions.astype(np.int32)
            begin = self._shared.searchsorted(wanted)
            lengths = self._shared.searchsorted(wanted, side="right") - begin
            numbers = np.arange(len(positions)).repeat(lengths)
            return numbers, runs(begin + len(self._store), lengths)
        numbers = positions.searchsorted(self._shared)
        numbers[numbers == len(positions)] = 0
        rows = np.flatnonzero(positions[numbers] == self._shared)
        return numbers[rows], rows + len(self._store)


def integers_of(hashes: Hashes) -> list[int]:
    """Return `hashes`, shape (n,) or (n, words), as plain integers."""
    if hashes.ndim == 1:
        integers: list[int] = hashes.tolist()
        return integers
    return [int.from_bytes(row.tobytes(), "big") for row in hashes.astype(">u8")]


def _firsts(hashes: Hashes) -> Mask:
    """Return whether each of the sorted `hashes` differs from the one before it, shape (n,)."""
    differs = hashes[1:] != hashes[:-1]
    differs = differs if hashes.ndim == 1 else differs.any(axis=1)
    return np.append(np.ones(min(1, len(hashes)), dtype=bool), differs)
