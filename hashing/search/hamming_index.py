"""
Keys by Hamming distance: one `within()` over the ways there are to answer it.

Only distinct hashes are searched; the keys that share one hang in its bucket, so a thousand equal
pictures cost one place. An index never changes: `with_changes` returns a new one that shares the
large arrays, so whoever is reading the old one goes on undisturbed.
"""

from __future__ import annotations

import copy
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt

from hashing.search.hash_store import HashStore, Way, distances_of, words_of
from hashing.search.ragged_ranges import runs
from hashing.search.similarity_join import near_pairs

Keys = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Distances = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

# Changed keys that are looked up one by one.
FEW = 20


@dataclass(frozen=True)
class Explanation:
    """How a search is answered: the way, and what it looks at of how many distinct hashes."""

    way: Way
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
    An exact index of hashes by integer keys.

    Hashes of up to 64 bits are arrays of shape (n,), wider ones (n, words) of 64 bits each, the
    highest first. Queries are plain integers.

    >>> index = HammingIndex.build(np.array([7, 8, 9]), np.array([0, 1, 255], dtype=np.uint64))
    >>> keys, distances = index.within(0, max_distance=1)
    >>> dict(zip(keys.tolist(), distances.tolist()))
    {7: 0, 8: 1}
    """

    def __init__(self) -> None:
        self._store = HashStore(np.empty(0, dtype=np.uint64))
        # Row i holds a key of the hash at place i of the store; behind them all stand the rows of
        # further keys, in the order of the places they share.
        self._keys: Keys = np.empty(0, dtype=np.int64)
        self._shared: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)
        # The rows ordered by key, and which of them were not changed or deleted since the build.
        self._by_key: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._alive: npt.NDArray[np.bool_] | None = None  # None: all of them
        # What came since the build, scanned flat.
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
        Return this index without the keys `changed`, and with `keys` at `hashes`.

        `keys` are those of `changed` that still have a hash. What came since the build slows
        searches down a little more each time: see `merge_is_due`.
        """
        index = copy.copy(self)
        index.__dict__.pop("entries", None)
        rows = self._rows_of(changed)
        if len(rows):
            index._alive = (
                np.ones(len(self._keys), bool) if self._alive is None else self._alive.copy()
            )
            index._alive[rows] = False
        staying = ~np.isin(self._recent_keys, changed)
        index._recent_keys = np.concatenate([self._recent_keys[staying], keys])
        known = self._recent_hashes[staying] if len(self) else hashes[:0]
        index._recent_hashes = np.concatenate([known, hashes])
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
        """How much memory the index takes, in bytes."""
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
        Return the keys of all hashes at most `max_distance` bits from `query`, unordered.

        By `way`, or by the one that is quickest; the answer is the same.
        """
        places, distances = self._store.within(query, max_distance, way)
        keys, distances = self._keys_at(places, distances)
        if not len(self._recent_keys):
            return keys, distances
        recent = words_of(self._recent_hashes)
        further = distances_of(recent, query)
        near = (further <= max_distance).nonzero()[0]
        return (
            np.concatenate([keys, self._recent_keys[near]]),
            np.concatenate([distances, further[near]]),
        )

    def within_many(
        self, queries: Hashes, max_distance: int
    ) -> tuple[npt.NDArray[np.int64], Keys, Distances]:
        """
        Answer `within` for all `queries`, shape (m,) or (m, words), at once.

        Returns numbers of queries, and the keys and distances that were found for them.
        """
        found = [self.within(query, max_distance) for query in integers_of(queries)]
        counts = [len(keys) for keys, _ in found]
        none = (self._keys[:0], np.empty(0, np.uint8))
        keys, distances = zip(none, *found, strict=True)
        return np.arange(len(found)).repeat(counts), np.concatenate(keys), np.concatenate(distances)

    def explain(self, query: int, max_distance: int, way: Way | None = None) -> Explanation:
        """Tell how `within` answers the same question."""
        plan = self._store.plan(query, max_distance, way)
        recent = len(self._recent_keys)
        return Explanation(
            plan.way, plan.nodes, plan.candidates + recent, len(self._store) + recent
        )

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
        order = (
            np.lexsort((keys, *hashes.T[::-1])) if hashes.ndim > 1 else np.lexsort((keys, hashes))
        )
        hashes = hashes[order]
        starts = np.flatnonzero(_firsts(hashes))
        distinct = hashes[starts]
        bounds = [*starts.tolist(), len(keys)]
        keys = keys[order]
        # np.split does the same, six times slower.
        groups = [keys[begin:end] for begin, end in pairwise(bounds)]
        first, second, distances = near_pairs(distinct, max_distance)
        return Pairs(
            distinct,
            groups,
            first,
            second,
            distances.astype(np.uint16 if hashes.ndim > 1 else np.uint8),
        )

    def _rows_of(self, keys: Keys) -> npt.NDArray[np.int32]:
        """Return the rows of those of `keys` that were there at the build."""
        if len(keys) > FEW:
            numbers = self._keys.searchsorted(keys, sorter=self._by_key)
        else:
            # numpy copies a sorter of 32 bits each time, which takes longer than a few searches.
            at = self._keys.__getitem__
            found = [bisect_left(self._by_key, key, key=at) for key in keys.tolist()]
            numbers = np.array(found, dtype=np.int64)
        numbers = numbers[numbers < len(self._keys)]
        rows = self._by_key[numbers]
        return rows[np.isin(self._keys[rows], keys)]

    def _keys_at(
        self, places: npt.NDArray[np.int64], distances: Distances
    ) -> tuple[Keys, Distances]:
        rows = places
        if len(self._shared) and len(places):
            numbers, further = self._sharing(places)
            rows = np.concatenate([places, further])
            distances = np.concatenate([distances, distances[numbers]])
        if self._alive is not None:
            alive = self._alive[rows]
            rows, distances = rows[alive], distances[alive]
        return self._keys.take(rows), distances

    def _sharing(
        self, places: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return rows of further keys at `places`, ascending, and which of these each is at."""
        if len(places) < len(self._shared):
            wanted = places.astype(np.int32)
            begin = self._shared.searchsorted(wanted)
            lengths = self._shared.searchsorted(wanted, side="right") - begin
            return np.arange(len(places)).repeat(lengths), runs(begin + len(self._store), lengths)
        numbers = places.searchsorted(self._shared)
        numbers[numbers == len(places)] = 0
        here = np.flatnonzero(places[numbers] == self._shared)
        return numbers[here], here + len(self._store)


def integers_of(hashes: Hashes) -> list[int]:
    """Return `hashes`, shape (n,) or (n, words), as plain integers."""
    if hashes.ndim == 1:
        return hashes.tolist()
    return [int.from_bytes(row.tobytes(), "big") for row in hashes.astype(">u8")]


def _firsts(hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Mark the first of equal ones among `hashes`, which are sorted."""
    differs = hashes[1:] != hashes[:-1]
    differs = differs if hashes.ndim == 1 else differs.any(axis=1)
    return np.append(np.ones(min(1, len(hashes)), dtype=bool), differs)
