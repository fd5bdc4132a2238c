"""
The nearest matches of each picture, of which only a limited number is stored.

The stored matches do not depend on the order in which pictures were added: they are always the ones
that a comparison of all pictures would store.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from gallery.models import MatchKind
from hashing.fingerprints import Alignment
from hashing.matching import Match


class MatchEdge(NamedTuple):
    """
    A match of two pictures, the smaller key first.

    `first_keeps` tells whether the second is among the nearest matches of the first, and
    `second_keeps` the reverse; `alignment` is that of the first to the second.
    """

    first: int
    second: int
    kind: str
    alignment: Alignment
    first_keeps: bool
    second_keeps: bool

    @property
    def pair(self) -> tuple[int, int]:
        return self.first, self.second


class Rank(NamedTuple):
    """The place of a match among those of a picture; of equally near ones the smaller key wins."""

    distance: int
    key: int


class NearestMatches:
    """
    The nearest matches of pictures, at most `limit` of each, while some pictures change.

    Made from the stored edges of the pictures that changed and of all pictures that match them,
    before or after the change. First `remove` the changed pictures, then `offer` the matches that
    each has now, then `refill` the lists that have become short.
    """

    def __init__(self, edges: Iterable[MatchEdge], limit: int) -> None:
        self._limit = limit
        self._alignments: dict[tuple[int, int], Alignment] = {}
        self._ranks = defaultdict[int, list[Rank]](list)
        self._changed: set[int] = set()
        # The last rank of each list that was full before it lost a match: matches beyond it exist
        # that were never stored.
        self._horizons: dict[int, Rank] = {}
        for edge in edges:
            self._alignments[edge.pair] = edge.alignment
            if edge.first_keeps:
                self._insert(edge.first, Rank(edge.alignment.distance, edge.second))
            if edge.second_keeps:
                self._insert(edge.second, Rank(edge.alignment.distance, edge.first))

    def remove(self, changed: Set[int]) -> None:
        """Take the pictures `changed` out of all lists, and empty their own."""
        self._changed |= changed
        for key, ranks in self._ranks.items():
            others = [rank for rank in ranks if rank.key not in changed]
            if len(others) < len(ranks) == self._limit:
                self._horizons[key] = ranks[-1]
            self._ranks[key] = [] if key in changed else others

    def offer(self, key: int, matches: Sequence[Match]) -> None:
        """Give a changed picture its `matches`, nearest first, and offer it to each of them."""
        self._set(key, matches)
        for match in matches:
            if match.key not in self._changed:
                self._insert(match.key, Rank(match.alignment.distance, key))

    def refill(self, search: Callable[[int], Sequence[Match]]) -> None:
        """
        Complete the lists that can lack a match; `search` returns all matches of a picture.

        A list is complete while it is full and does not reach beyond its horizon.
        """
        for key in self._horizons.keys() - self._changed:
            ranks = self._ranks[key]
            if len(ranks) < self._limit or ranks[-1] > self._horizons[key]:
                self._set(key, search(key))

    def edges(self) -> list[MatchEdge]:
        """Return the pairs of which at least one picture keeps the other, as unverified edges."""
        nearest = {key: {rank.key for rank in ranks} for key, ranks in self._ranks.items()}
        return _edges(nearest, self._alignments)

    def _set(self, key: int, matches: Sequence[Match]) -> None:
        for match in matches:
            _align(self._alignments, key, match)
        ranks = [Rank(match.alignment.distance, match.key) for match in matches]
        self._ranks[key] = ranks[: self._limit]

    def _insert(self, key: int, rank: Rank) -> None:
        insort(self._ranks[key], rank)
        del self._ranks[key][self._limit :]


def nearest_of_all(matches: Iterable[tuple[int, Match]], limit: int) -> list[MatchEdge]:
    """
    Return the edges, unverified, that are stored if there are these matches and no others.

    Each match is given once, with the key of the picture from whose side it is seen.
    """
    alignments: dict[tuple[int, int], Alignment] = {}
    ranks = defaultdict[int, list[Rank]](list)
    for key, match in matches:
        _align(alignments, key, match)
        ranks[key].append(Rank(match.alignment.distance, match.key))
        ranks[match.key].append(Rank(match.alignment.distance, key))
    nearest = {key: {rank.key for rank in sorted(every)[:limit]} for key, every in ranks.items()}
    return _edges(nearest, alignments)


def _align(alignments: dict[tuple[int, int], Alignment], key: int, match: Match) -> None:
    """Note the alignment of a match of the picture `key` as that of the smaller key."""
    if key < match.key:
        alignments[key, match.key] = match.alignment
    else:
        alignments[match.key, key] = match.alignment.swapped()


def _edges(
    nearest: Mapping[int, Set[int]], alignments: Mapping[tuple[int, int], Alignment]
) -> list[MatchEdge]:
    """Return the pairs of which one picture is among the `nearest` of the other, in order."""
    pairs = {(min(a, b), max(a, b)) for a, others in nearest.items() for b in others}
    return [
        MatchEdge(
            *(first, second, MatchKind.UNVERIFIED, alignments[first, second]),
            first_keeps=second in nearest.get(first, ()),
            second_keeps=first in nearest.get(second, ()),
        )
        for first, second in sorted(pairs)
    ]
