"""
The minimum spanning tree of weighted edges, and its weakest edge.

Nodes are numbered from 0. Nothing here depends on the order in which edges come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Edge(NamedTuple):
    """Two nodes, the smaller number first, `weight` apart."""

    weight: int
    first: int
    second: int

    @property
    def ends(self) -> tuple[int, int]:
        return self.first, self.second


class DisjointSets:
    """Sets of connected nodes: union-find with path halving."""

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def root(self, node: int) -> int:
        """Return a node that all nodes of a set share."""
        parents = self._parents
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    def unite(self, first: int, second: int) -> bool:
        """Connect two nodes; return whether they were not connected before."""
        first, second = self.root(first), self.root(second)
        self._parents[max(first, second)] = min(first, second)
        return first != second


def spanning_tree(count: int, edges: Iterable[Edge]) -> list[Edge]:
    """
    Return the shortest edges that connect all nodes that `edges` connect, the shortest first.

    Kruskal's algorithm (1956). The longest edge on its path between two nodes is as short as on
    any path. If not all nodes are connected it is a forest with a tree for each component.
    """
    sets = DisjointSets(count)
    tree: list[Edge] = []
    for edge in sorted(edges):
        if len(tree) == count - 1:
            break
        if sets.unite(edge.first, edge.second):
            tree.append(edge)
    return tree


def components(count: int, edges: Iterable[Edge]) -> list[list[int]]:
    """Return the connected components, each ascending, by their smallest nodes."""
    sets, nodes_of = DisjointSets(count), defaultdict[int, list[int]](list)
    for edge in edges:
        sets.unite(edge.first, edge.second)
    for node in range(count):
        nodes_of[sets.root(node)].append(node)
    return list(nodes_of.values())


def weakest_edge(tree: Sequence[Edge]) -> Edge | None:
    """
    Return the longest edge of a spanning tree.

    No other division of its nodes into two sets leaves a wider gap. None if all of several edges
    are equally long, so that none is weaker than the others.
    """
    lengths = {edge.weight for edge in tree}
    return max(tree) if len(lengths) > 1 or len(tree) == 1 else None


def sides(count: int, tree: Sequence[Edge], cut: Edge) -> tuple[list[int], list[int]]:
    """Return the nodes on either side of `cut` once it is removed from the tree, ascending."""
    parts = components(count, [edge for edge in tree if edge != cut])
    first, second = (next(part for part in parts if end in part) for end in cut.ends)
    return first, second


def path(tree: Iterable[Edge], start: int, end: int) -> list[int]:
    """Return the path through the tree from `start` to `end`, both included; [] without one."""
    neighbours = defaultdict[int, list[int]](list)
    for edge in tree:
        neighbours[edge.first].append(edge.second)
        neighbours[edge.second].append(edge.first)
    paths, seen = [[start]], {start}
    for way in paths:
        if way[-1] == end:
            return way
        paths += [[*way, node] for node in neighbours[way[-1]] if node not in seen]
        seen.update(neighbours[way[-1]])
    return []
