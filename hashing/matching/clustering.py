"""
Pairs become clusters: small, bounded, and the same whatever order the pairs come in.

Connection alone chains: A looks like B, B like C, and in the end the whole archive is one cluster.
So every cluster is a star: a representative, and members that each lie within the radius of it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass

import numpy as np

from hashing.matching.similarity_graph import NeighbourGraph
from hashing.search import Pairs


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
    graph = NeighbourGraph.of(pairs, settled)
    found = [_cluster(graph, centre, star) for centre, star in _stars(graph)]
    # A star whose members have all gone to others is no cluster, whatever size is asked for.
    kept = [cluster for cluster in found if len(cluster) >= max(min_size, 2)]
    return sorted(kept, key=lambda cluster: (-len(cluster), cluster.representative))


def _stars(graph: NeighbourGraph) -> list[tuple[int, dict[int, int]]]:
    """Return (centre, its unassigned neighbours with distances), in the order they are cut."""
    weights = [len(node.keys) for node in graph.nodes]
    sizes = graph.reaches
    heap = [(-size, graph.nodes[node].keys[0], node) for node, size in enumerate(sizes) if size > 1]
    heapq.heapify(heap)
    taken: set[int] = set()
    stars = []
    while heap:
        size, key, node = heapq.heappop(heap)
        if node in taken:
            continue
        if sizes[node] != -size:
            # Neighbours have gone to another star since: back into the queue, lower down.
            heapq.heappush(heap, (-sizes[node], key, node))
            continue
        star = {near: far for near, far in graph.star(node).items() if near not in taken}
        stars.append((node, star))
        for gone in (node, *star):
            taken.add(gone)
            for near in graph.neighbours(gone):
                sizes[near] -= weights[gone]
    return stars


def _cluster(graph: NeighbourGraph, centre: int, star: dict[int, int]) -> Cluster:
    nodes = graph.nodes
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
