"""
How things hang together by links of different strength: a spanning tree, and where it is weakest.

Things are numbered from 0; a link names two of them and how far they are apart. Nothing here
depends on the order in which links come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """Two things, the smaller number first, `weight` apart."""

    weight: int
    first: int
    second: int


class Groups:
    """Which of `count` things are connected so far: union and find, with halved paths."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def of(self, thing: int) -> int:
        """Return a number that all things of one group share."""
        parents = self._parents
        while parents[thing] != thing:
            parents[thing] = parents[parents[thing]]
            thing = parents[thing]
        return thing

    def unite(self, first: int, second: int) -> bool:
        """Connect two things; tells whether they were not connected before."""
        first, second = self.of(first), self.of(second)
        self._parents[max(first, second)] = min(first, second)
        return first != second


def spanning_tree(count: int, links: Iterable[Link]) -> list[Link]:
    """
    Return the shortest links that connect all that `links` connect, the shortest first.

    Kruskal's algorithm (1956). Between any two things its path is one whose longest link is as
    short as on any path. Where not everything is connected it is one tree for each part.
    """
    groups, tree = Groups(count), []
    for link in sorted(links):
        if len(tree) == count - 1:
            break
        if groups.unite(link.first, link.second):
            tree.append(link)
    return tree


def connected(count: int, links: Iterable[Link]) -> list[list[int]]:
    """Return the parts that `links` connect, each ascending, by their smallest member."""
    groups, parts = Groups(count), defaultdict[int, list[int]](list)
    for link in links:
        groups.unite(link.first, link.second)
    for thing in range(count):
        parts[groups.of(thing)].append(thing)
    return list(parts.values())


def weakest(tree: Sequence[Link]) -> Link | None:
    """
    Return the longest link of a spanning tree, which is where it would come apart first.

    No other way to part what it connects in two leaves a wider gap. None if no link is longer
    than the others, so that nothing tells where to cut.
    """
    lengths = {link.weight for link in tree}
    return max(tree) if len(lengths) > 1 or len(tree) == 1 else None


def sides(count: int, tree: Sequence[Link], cut: Link) -> tuple[list[int], list[int]]:
    """Return what hangs on either end of `cut` once it has gone from the tree, ascending."""
    parts = connected(count, [link for link in tree if link != cut])
    first, second = (next(part for part in parts if end in part) for end in cut[1:])
    return first, second


def path(tree: Iterable[Link], start: int, end: int) -> list[int]:
    """Return the way through the tree from `start` to `end`, both included; [] without one."""
    near = defaultdict[int, list[int]](list)
    for _, first, second in tree:
        near[first].append(second)
        near[second].append(first)
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        ways += [[*way, thing] for thing in near[way[-1]] if thing not in seen]
        seen.update(near[way[-1]])
    return []
