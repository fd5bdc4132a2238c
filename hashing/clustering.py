"""
Pairs become clusters: small, bounded, and the same whatever order the pairs come in.

Connection alone chains: A looks like B, B like C, and in the end the whole archive is one cluster.
So every cluster is a star: a representative, and members that each lie within the radius of it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from hashing.hamming_index import Pairs


@dataclass(frozen=True)
class Cluster:
    """
    A representative and who looks like it.

    `members` holds (key, distance to the representative), nearest first and the representative
    itself, at 0, before all. `diameter` is the greatest distance between any two members.
    """

    representative: int
    members: tuple[tuple[int, int], ...]
    diameter: int

    def __len__(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class _Node:
    """Keys that share a hash and may stand for each other in every pair."""

    keys: tuple[int, ...]
    hash: int


def clusters(
    pairs: Pairs, settled: Set[tuple[int, int]] = frozenset(), min_size: int = 2
) -> list[Cluster]:
    """
    Cut `pairs` into stars, the largest first.

    The key with most neighbours (of equals the smallest) represents its neighbours; then the
    same among whoever is left, and so on. `settled` holds pairs (smaller key first) that a
    person has judged: they are no neighbours, though both may still be members for another's
    sake of a cluster whose representative is near to them.
    """
    nodes, edges = _graph(pairs, settled)
    found = [
        _cluster(nodes, centre, star)
        for centre, star in _stars([len(node.keys) for node in nodes], nodes, edges)
    ]
    # A star whose members have all gone to others is no cluster, whatever size is asked for.
    kept = [cluster for cluster in found if len(cluster) >= max(min_size, 2)]
    return sorted(kept, key=lambda cluster: (-len(cluster), cluster.representative))


def _graph(pairs: Pairs, settled: Set[tuple[int, int]]) -> tuple[list[_Node], list[dict[int, int]]]:
    """Return nodes, and for each its neighbours with their distances."""
    judged = {key for pair in settled for key in pair}
    nodes: list[_Node] = []
    nodes_of: dict[int, range] = {}
    for number in _accompanied(pairs):
        keys = pairs.groups[number].tolist()
        # A judged key has neighbours of its own choosing, so it is a node by itself.
        free = tuple(key for key in keys if key not in judged)
        parts = [(key,) for key in keys if key in judged] + ([free] if free else [])
        nodes_of[number] = range(len(nodes), len(nodes) + len(parts))
        nodes += [_Node(part, int(pairs.hashes[number])) for part in parts]
    edges: list[dict[int, int]] = [{} for _ in nodes]

    def connect(first: Sequence[int], second: Sequence[int], distance: int) -> None:
        for a in first:
            for b in second:
                if a != b and not _is_settled(nodes[a], nodes[b], settled):
                    edges[a][b] = edges[b][a] = distance

    for group_nodes in nodes_of.values():
        if len(group_nodes) > 1:
            connect(group_nodes, group_nodes, 0)
    for i, j, distance in zip(
        pairs.first.tolist(), pairs.second.tolist(), pairs.distances.tolist(), strict=True
    ):
        connect(nodes_of[i], nodes_of[j], distance)
    return nodes, edges


def _accompanied(pairs: Pairs) -> list[int]:
    """Return the numbers of the hashes that have a neighbour, or several keys: few of all."""
    shared = [number for number, group in enumerate(pairs.groups) if len(group) > 1]
    near = np.concatenate([pairs.first, pairs.second, np.array(shared, dtype=np.int64)])
    return np.unique(near).tolist()


def _is_settled(a: _Node, b: _Node, settled: Set[tuple[int, int]]) -> bool:
    # Only nodes of one key can be judged.
    return (min(a.keys[0], b.keys[0]), max(a.keys[0], b.keys[0])) in settled


def _stars(
    weights: list[int], nodes: list[_Node], edges: list[dict[int, int]]
) -> list[tuple[int, dict[int, int]]]:
    """Return (centre, its unassigned neighbours with distances), in the order they are cut."""

    def rank(node: int) -> tuple[int, int]:
        return -sum(weights[near] for near in left[node]) - weights[node], nodes[node].keys[0]

    left = [dict(near) for near in edges]
    heap = [(*rank(node), node) for node in range(len(nodes)) if left[node] or weights[node] > 1]
    heapq.heapify(heap)
    taken: set[int] = set()
    stars = []
    while heap:
        *stale, node = heapq.heappop(heap)
        if node in taken:
            continue
        if (current := rank(node)) != tuple(stale):
            # Neighbours have gone to another star since: back into the queue, lower down.
            heapq.heappush(heap, (*current, node))
            continue
        star = left[node]
        taken |= {node, *star}
        stars.append((node, star))
        for gone in (node, *star):
            for near in edges[gone]:
                if near not in taken:
                    left[near].pop(gone, None)
    return stars


def _cluster(nodes: list[_Node], centre: int, star: dict[int, int]) -> Cluster:
    representative, *equals = nodes[centre].keys
    members = [(key, 0) for key in equals]
    members += [(key, distance) for near, distance in star.items() for key in nodes[near].keys]
    members.sort(key=lambda member: (member[1], member[0]))
    hashes = np.array([nodes[node].hash for node in (centre, *star)], dtype=np.uint64)
    return Cluster(representative, ((representative, 0), *members), diameter(hashes))


def diameter(hashes: np.ndarray) -> int:
    """Return the greatest Hamming distance between any two of `hashes`, shape (n,)."""
    distinct = np.unique(hashes)
    return max((int(np.bitwise_count(distinct ^ one).max()) for one in distinct), default=0)


def equal_pairs(digests: Iterable[tuple[int, str]]) -> Pairs:
    """Return (key, digest) grouped by equal digest, as pairs at distance 0; "" equals nothing."""
    groups: dict[str, list[int]] = defaultdict(list)
    for key, digest in digests:
        if digest:
            groups[digest].append(key)
    nothing = np.empty(0, dtype=np.int64)
    return Pairs(
        hashes=np.arange(len(groups), dtype=np.uint64),
        groups=[np.array(sorted(keys), dtype=np.int64) for keys in groups.values()],
        first=nothing,
        second=nothing,
        distances=nothing.astype(np.uint8),
    )
