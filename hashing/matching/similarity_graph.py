"""The similarity graph: keys with equal hashes are one node, and near nodes are neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.search import Distances, Pairs

Numbers = npt.NDArray[np.int64]
"""Numbers of nodes or of hashes, shape (n,)."""


class Node(NamedTuple):
    """Keys, in ascending order, that have the same hash and are settled with the same keys."""

    keys: tuple[int, ...]
    hash: int


class Edges(NamedTuple):
    """Edges between nodes: numbers of both, and their distances in bits, shape (edges,) each."""

    first: Numbers
    second: Numbers
    distances: Distances


@dataclass(frozen=True)
class SimilarityGraph:
    """
    Nodes, and the neighbours of each: those of node i are `near[starts[i]:starts[i + 1]]`.

    `distances`, in bits, are in the order of `near`. There is at most one edge between two nodes.
    """

    nodes: list[Node]
    starts: list[int]
    near: Numbers
    distances: Distances

    @classmethod
    def of(cls, pairs: Pairs, settled: Set[tuple[int, int]]) -> SimilarityGraph:
        """Build the graph of `pairs` without the `settled` ones (smaller key first)."""
        partners = _partners(settled)
        parts = {number: _parts(pairs, number, partners) for number in _connected(pairs)}
        nodes = [node for part in parts.values() for node in part]
        edges = _unsettled(_expanded(pairs, parts), nodes, partners)
        return cls(nodes, *_adjacency(edges, len(nodes)))

    @property
    def reaches(self) -> list[int]:
        """The number of keys of each node and its neighbours together."""
        weights = np.array([len(node.keys) for node in self.nodes], dtype=np.int64)
        sums = np.concatenate([[0], np.cumsum(weights[self.near])])
        reaches: list[int] = (weights + np.diff(sums[self.starts])).tolist()
        return reaches

    def neighbours(self, node: int) -> list[int]:
        """Return the numbers of the neighbours of `node`."""
        neighbours: list[int] = self.near[self.starts[node] : self.starts[node + 1]].tolist()
        return neighbours

    def star(self, node: int) -> dict[int, int]:
        """Return the numbers of the neighbours of `node`, with their distances."""
        part = slice(self.starts[node], self.starts[node + 1])
        return dict(zip(self.near[part].tolist(), self.distances[part].tolist(), strict=True))


def _partners(settled: Set[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Return the keys that each key is settled with."""
    partners: dict[int, set[int]] = defaultdict(set)
    for a, b in settled:
        partners[a].add(b)
        partners[b].add(a)
    return {key: frozenset(others) for key, others in partners.items()}


def _connected(pairs: Pairs) -> list[int]:
    """Return the numbers of the hashes that have a neighbour or several keys, which are few."""
    shared = [number for number, group in enumerate(pairs.groups) if len(group) > 1]
    near = np.concatenate([pairs.first, pairs.second, np.array(shared, dtype=np.int64)])
    numbers: list[int] = np.unique(near).tolist()
    return numbers


def _parts(pairs: Pairs, number: int, partners: dict[int, frozenset[int]]) -> list[Node]:
    """
    Return the keys of a hash as nodes, one for all keys settled with the same partners.

    Keys settled with each other have different partners, so they never share a node.
    """
    alike: dict[frozenset[int], list[int]] = defaultdict(list)
    for key in pairs.groups[number].tolist():
        alike[partners.get(key, frozenset())].append(key)
    value = int(pairs.hashes[number])
    return [Node(tuple(sorted(keys)), value) for keys in alike.values()]


def _expanded(pairs: Pairs, parts: dict[int, list[Node]]) -> Edges:
    """Return the edges between all nodes of near hashes, and between all nodes of one hash."""
    counts = np.zeros(len(pairs.groups), dtype=np.int64)
    counts[list(parts)] = [len(part) for part in parts.values()]
    offsets = np.cumsum(counts) - counts
    divided = np.flatnonzero(counts > 1)  # hashes of several nodes, which are 0 bits apart
    first = np.concatenate([pairs.first, divided])
    second = np.concatenate([pairs.second, divided])
    distances = np.concatenate([pairs.distances, np.zeros(len(divided), dtype=np.uint8)])
    products = counts[first] * counts[second]
    pair = np.repeat(np.arange(len(first)), products)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(products) - products, products)
    a = offsets[first[pair]] + number // counts[second[pair]]
    b = offsets[second[pair]] + number % counts[second[pair]]
    return Edges(np.minimum(a, b), np.maximum(a, b), distances[pair])


def _unsettled(edges: Edges, nodes: list[Node], partners: dict[int, frozenset[int]]) -> Edges:
    """Return `edges` without those of settled pairs, and those from a node to itself."""
    # Keys of a node have the same partners, so the first of them stands for all.
    heads = [node.keys[0] for node in nodes]
    is_judged = np.array([head in partners for head in heads], dtype=bool)
    stays = edges.first != edges.second
    for edge in np.flatnonzero(is_judged[edges.first] & is_judged[edges.second]).tolist():
        a, b = heads[edges.first[edge]], heads[edges.second[edge]]
        stays[edge] &= b not in partners[a]
    return Edges(edges.first[stays], edges.second[stays], edges.distances[stays])


def _adjacency(edges: Edges, count: int) -> tuple[list[int], Numbers, Distances]:
    """Return `starts`, `near` and `distances` of the graph of `count` nodes and these edges."""
    near = np.concatenate([edges.second, edges.first])
    node = np.concatenate([edges.first, edges.second])
    distances = np.concatenate([edges.distances, edges.distances])
    order = np.lexsort((distances, near, node))
    near, node, distances = near[order], node[order], distances[order]
    # Of several edges between two nodes, keep the shortest, which comes first.
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (near[1:] != near[:-1]) | (node[1:] != node[:-1])
    starts = np.searchsorted(node[is_new], np.arange(count + 1))
    return starts.tolist(), near[is_new], distances[is_new]
