"""An index of pictures by their keypoints, for one process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np

from hashing.keypoints.inverted_lists import Hits, InvertedLists, Postings, radius_among
from hashing.keypoints.keypoints import Keypoints
from hashing.keypoints.voting import Appearance, elect

# Keypoints of each picture that are indexed: the most telling ones.
INDEXED = 128
# Lists are merged with the next larger ones once they are more than a quarter as long.
MERGE_RATIO = 4


class Candidate(NamedTuple):
    """A picture that may share a part with the query, seen in the query's `appearance`."""

    key: int
    appearance: Appearance
    votes: float


class TooManyPictures(ValueError):
    """The index holds as many pictures as it may."""


class KeypointIndex:
    """
    Pictures by integer key and by the hashes of their keypoints.

    Pictures that are added are collected in short lists, which are merged into longer ones from
    time to time; pictures that are removed are skipped until then. An index holds at most `limit`
    pictures, of about 1.8 KB each.
    """

    def __init__(self, limit: int = 250_000) -> None:
        self.limit = limit
        self._slots: dict[int, int] = {}
        self._keys: list[int] = []  # by slot
        self._is_alive = np.zeros(1024, dtype=bool)  # by slot
        self._lists: list[InvertedLists] = []  # longest first
        self._added: list[Postings] = []

    @classmethod
    def build(cls, pictures: Iterable[tuple[int, Keypoints]], limit: int = 250_000) -> Self:
        """Return an index of `pictures`, keys and keypoints. Raises TooManyPictures."""
        index = cls(limit)
        for key, keypoints in pictures:
            index.add(key, keypoints)
        return index

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, key: int) -> bool:
        return key in self._slots

    @property
    def nbytes(self) -> int:
        """The memory that the lists take, in bytes."""
        return sum(lists.nbytes for lists in self._lists)

    def add(self, key: int, keypoints: Keypoints) -> None:
        """Add the picture `key`, or replace its keypoints. Raises TooManyPictures."""
        self.remove(key)
        if len(self._slots) >= self.limit:
            raise TooManyPictures(f"The index is full: it may hold {self.limit:,} pictures.")
        slot = len(self._keys)
        self._keys.append(key)
        if slot == len(self._is_alive):
            self._is_alive = np.concatenate([self._is_alive, np.zeros_like(self._is_alive)])
        self._is_alive[slot] = True
        self._slots[key] = slot
        best = keypoints.first(INDEXED)
        slots = np.full(len(best), slot, dtype=np.int32)
        self._added.append(Postings(best.hashes, slots, best.angle, best.level))

    def remove(self, key: int) -> None:
        """Remove the picture `key`, if it is there."""
        slot = self._slots.pop(key, None)
        if slot is not None:
            self._is_alive[slot] = False

    def candidates(self, query: Keypoints, most: int) -> list[Candidate]:
        """Return at most `most` pictures that may share a part with `query`, likeliest first."""
        self._merge()
        hits = {appearance: self._hits(appearance.of(query)) for appearance in Appearance}
        angles = {appearance: appearance.of(query).angle for appearance in Appearance}
        votes = elect(hits, angles, query.level, len(self._slots), most)
        return [Candidate(self._keys[slot], appearance, score) for slot, appearance, score in votes]

    def _hits(self, query: Keypoints) -> Hits:
        radius = radius_among(sum(len(lists) for lists in self._lists))
        found = [lists.search(query.hashes, query.unsure, radius) for lists in self._lists]
        if not found:
            empty = np.empty(0, dtype=np.int64)
            return Hits(empty, _no_postings())
        queries = np.concatenate([hits.queries for hits in found])
        postings = Postings.joined([hits.postings for hits in found])
        alive = self._is_alive[postings.slots]
        return Hits(queries[alive], postings.taken(alive))

    def _merge(self) -> None:
        """Build lists of the pictures added, and merge them with lists that are not much longer."""
        if not self._added:
            return
        postings = [Postings.joined(self._added)]
        self._added = []
        length = len(postings[0].hashes)
        while self._lists and len(self._lists[-1]) < MERGE_RATIO * length:
            lists = self._lists.pop()
            length += len(lists)
            postings.append(lists.postings)
        merged = Postings.joined(postings)
        self._lists.append(InvertedLists.build(merged.taken(self._is_alive[merged.slots])))


def _no_postings() -> Postings:
    byte = np.empty(0, dtype=np.uint8)
    return Postings(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32), byte, byte)
