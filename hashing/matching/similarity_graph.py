"""Which keys are neighbours, as a graph whose nodes are keys that may stand for each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hashing.search import Pairs


class Node(NamedTuple):
    """Keys, ascending, that share a hash and have been judged to be no neighbours of the same."""

    keys: tuple[int, ...]
    hash: int


class Edges(NamedTuple):
    """Numbers of nodes, or of hashes, and their distances: three arrays of shape (e,)."""

    first: np.ndarray
    second: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True)
class NeighbourGraph:
    """
    The nodes, and for the node of number i its neighbours: `near[starts[i]:starts[i + 1]]`.

    `distances` lie beside `near`, in the same order. Between two nodes there is one edge at most.
    """

    nodes: list[Node]
    starts: list[int]
    near: np.ndarray
    distances: np.ndarray

    @classmethod
    def of(cls, pairs: Pairs, settled: Set[tuple[int, int]]) -> NeighbourGraph:
        """Make the graph of `pairs` without those that are `settled` (smaller key first)."""
        partners = _partners(settled)
        parts = {number: _parts(pairs, number, partners) for number in _accompanied(pairs)}
        nodes = [node for some in parts.values() for node in some]
        edges = _unsettled(_expanded(pairs, parts), nodes, partners)
        return cls(nodes, *_adjacency(edges, len(nodes)))

    @property
    def reaches(self) -> list[int]:
        """How many keys each node has together with its neighbours."""
        weights = np.array([len(node.keys) for node in self.nodes], dtype=np.int64)
        sums = np.concatenate([[0], np.cumsum(weights[self.near])])
        return (weights + np.diff(sums[self.starts])).tolist()

    def neighbours(self, node: int) -> list[int]:
        return self.near[self.starts[node] : self.starts[node + 1]].tolist()

    def star(self, node: int) -> dict[int, int]:
        """Return the neighbours of a node, with their distances."""
        part = slice(self.starts[node], self.starts[node + 1])
        return dict(zip(self.near[part].tolist(), self.distances[part].tolist(), strict=True))


def _partners(settled: Set[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Return for each key the keys that it is settled with."""
    partners: dict[int, set[int]] = defaultdict(set)
    for a, b in settled:
        partners[a].add(b)
        partners[b].add(a)
    return {key: frozenset(others) for key, others in partners.items()}


def _accompanied(pairs: Pairs) -> list[int]:
    """Return the numbers of the hashes that have a neighbour, or several keys: few of all."""
    shared = [number for number, group in enumerate(pairs.groups) if len(group) > 1]
    near = np.concatenate([pairs.first, pairs.second, np.array(shared, dtype=np.int64)])
    return np.unique(near).tolist()


def _parts(pairs: Pairs, number: int, partners: dict[int, frozenset[int]]) -> list[Node]:
    """Return the keys of a hash by whom they are settled with; no two of a part are a pair."""
    alike: dict[frozenset[int], list[int]] = defaultdict(list)
    for key in pairs.groups[number].tolist():
        alike[partners.get(key, frozenset())].append(key)
    value = int(pairs.hashes[number])
    return [Node(tuple(sorted(keys)), value) for keys in alike.values()]


def _expanded(pairs: Pairs, parts: dict[int, list[Node]]) -> Edges:
    """Return the edges between nodes: of every part of a hash to every part of one near it."""
    counts = np.zeros(len(pairs.groups), dtype=np.int64)
    counts[list(parts)] = [len(some) for some in parts.values()]
    offsets = np.cumsum(counts) - counts
    divided = np.flatnonzero(counts > 1)  # whose parts are at 0 bits of one another
    first = np.concatenate([pairs.first, divided])
    second = np.concatenate([pairs.second, divided])
    distances = np.concatenate([pairs.distances, np.zeros(len(divided), dtype=np.uint8)])
    products = counts[first] * counts[second]
    which = np.repeat(np.arange(len(first)), products)
    turn = np.arange(len(which)) - np.repeat(np.cumsum(products) - products, products)
    a = offsets[first[which]] + turn // counts[second[which]]
    b = offsets[second[which]] + turn % counts[second[which]]
    return Edges(np.minimum(a, b), np.maximum(a, b), distances[which])


def _unsettled(edges: Edges, nodes: list[Node], partners: dict[int, frozenset[int]]) -> Edges:
    """Leave out the edges of settled pairs, and those from a node to itself."""
    # Keys of a node share their partners, so that the first of them speaks for all.
    heads = [node.keys[0] for node in nodes]
    is_judged = np.array([head in partners for head in heads], dtype=bool)
    stays = edges.first != edges.second
    for edge in np.flatnonzero(is_judged[edges.first] & is_judged[edges.second]).tolist():
        a, b = heads[edges.first[edge]], heads[edges.second[edge]]
        stays[edge] &= b not in partners[a]
    return Edges(*(column[stays] for column in edges))


def _adjacency(edges: Edges, count: int) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Return where the neighbours of each of `count` nodes start, the neighbours, the distances."""
    near = np.concatenate([edges.second, edges.first])
    whose = np.concatenate([edges.first, edges.second])
    distances = np.concatenate([edges.distances, edges.distances])
    order = np.lexsort((distances, near, whose))
    near, whose, distances = near[order], whose[order], distances[order]
    # Several edges between two nodes are one, as long as the shortest of them.
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (near[1:] != near[:-1]) | (whose[1:] != whose[:-1])
    starts = np.searchsorted(whose[is_new], np.arange(count + 1))
    return starts.tolist(), near[is_new], distances[is_new]
