"""
Which matches are kept: of each picture its nearest ones, so that rows stay few.

Keeping fewer must not make the answer depend on the order in which pictures came: what is kept
is always what a look at all pictures would keep.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from hashing.fingerprints import Alignment
from hashing.matching import Match

Rank = tuple[int, int]  # distance and key: of those equally near the smaller key is nearer


class Link(NamedTuple):
    """A match of two pictures, the smaller key first, and which of the two keeps it."""

    first: int
    second: int
    kind: str
    alignment: Alignment
    first_keeps: bool
    second_keeps: bool

    @property
    def pair(self) -> tuple[int, int]:
        return self.first, self.second


@dataclass
class _Alignments:
    """How pictures see each other, stored once for each pair."""

    by_pair: dict[tuple[int, int], Alignment] = field(default_factory=dict)

    def see(self, key: int, match: Match) -> None:
        seen = match.alignment
        pair = (key, match.key) if key < match.key else (match.key, key)
        self.by_pair[pair] = seen if key < match.key else seen.swapped()

    def rank(self, key: int, other: int) -> Rank:
        return self.by_pair[min(key, other), max(key, other)].distance, other

    def links(self, kept: Mapping[int, Set[int]], kind: str) -> Iterator[Link]:
        pairs = {(min(a, b), max(a, b)) for a, others in kept.items() for b in others}
        for first, second in sorted(pairs):
            keeps = second in kept.get(first, ()), first in kept.get(second, ())
            yield Link(first, second, kind, self.by_pair[first, second], *keeps)


def kept(matches: Iterable[tuple[int, Match]], kind: str, most: int) -> list[Link]:
    """Return the links to keep of all matches there are, each given once, from one side."""
    alignments = _Alignments()
    ranks: dict[int, list[Rank]] = defaultdict(list)
    for key, match in matches:
        alignments.see(key, match)
        ranks[key].append((match.alignment.distance, match.key))
        ranks[match.key].append((match.alignment.distance, key))
    nearest = {key: {other for _, other in sorted(found)[:most]} for key, found in ranks.items()}
    return list(alignments.links(nearest, kind))


def renewed(
    stored: Iterable[Link],
    found: Mapping[int, Sequence[Match]],
    search: Callable[[int], Sequence[Match]],
    kind: str,
    most: int,
) -> list[Link]:
    """
    Return the links to keep after the pictures in `found` have changed, instead of `stored`.

    `found` holds all matches of each that changed, nearest first; none of one that has gone.
    `stored` are the links of those, and all links of whom these, or `found`, link to. Whoever had
    more than could be kept and loses one has to be looked at again: `search` finds its matches.
    """
    alignments, keeps = _Alignments(), defaultdict[int, set[int]](set)
    touched = {match.key for matches in found.values() for match in matches}
    for link in stored:
        alignments.by_pair[link.pair] = link.alignment
        if link.first_keeps:
            keeps[link.first].add(link.second)
        if link.second_keeps:
            keeps[link.second].add(link.first)
        if not found.keys().isdisjoint(link.pair):
            touched.update(link.pair)
    touched -= found.keys()
    before = {key: sorted(alignments.rank(key, other) for other in keeps[key]) for key in touched}
    offered: dict[int, list[Rank]] = defaultdict(list)
    for key, matches in found.items():
        keeps[key] = {match.key for match in matches[:most]}
        for match in matches:
            alignments.see(key, match)
            offered[match.key].append((match.alignment.distance, key))
    for key in touched:
        stayed = [rank for rank in before[key] if rank[1] not in found]
        ranks = sorted(stayed + offered[key])[:most]
        if len(before[key]) == most and (len(ranks) < most or ranks[-1] > before[key][-1]):
            ranks = _nearest(key, search(key), alignments)[:most]
        keeps[key] = {other for _, other in ranks}
    return list(alignments.links(keeps, kind))


def _nearest(key: int, matches: Sequence[Match], alignments: _Alignments) -> list[Rank]:
    for match in matches:
        alignments.see(key, match)
    return [(match.alignment.distance, match.key) for match in matches]
