"""
Clusters of similar pictures: bounded, and independent of the order of pairs.

Connected components chain: A is similar to B, B to C, and eventually the whole collection is one
cluster. So every cluster is a star: a representative, and members within the radius of it. Stars
are cut greedily, the largest first (star clustering: J. Aslam, E. Pelekhov and D. Rus, "The Star
Clustering Algorithm for Static and Dynamic Information Organization", JGAA 8(1), 2004).
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass

import numpy as np

from hashing.matching.similarity_graph import SimilarityGraph
from hashing.search import Hashes, Pairs


@dataclass(frozen=True)
class Cluster:
    """
    A representative and the pictures similar to it.

    `members` holds (key, distance to the representative in bits), nearest first, beginning with
    the representative itself. `diameter` is the largest distance between any two members.
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
    Return the clusters of `pairs` with at least `min_size` members, the largest first.

    The key with the most neighbours (the smallest of several) becomes the representative of its
    neighbours; this is repeated among the remaining keys. `settled` holds pairs (smaller key
    first) judged by a person: they are not neighbours, but both can be members of a cluster whose
    representative is near them.
    """
    graph = SimilarityGraph.of(pairs, settled)
    stars = [_cluster(graph, centre, star) for centre, star in _stars(graph)]
    # A star whose members are all in other clusters is not a cluster, whatever `min_size` is.
    large = [cluster for cluster in stars if len(cluster) >= max(min_size, 2)]
    return sorted(large, key=lambda cluster: (-len(cluster), cluster.representative))


def _stars(graph: SimilarityGraph) -> list[tuple[int, dict[int, int]]]:
    """Return each centre with its unassigned neighbours and distances, in the order of cutting."""
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
            # Some neighbours have joined another star since, so it has to wait its turn again.
            heapq.heappush(heap, (-sizes[node], key, node))
            continue
        star = {near: far for near, far in graph.star(node).items() if near not in taken}
        stars.append((node, star))
        for assigned in (node, *star):
            taken.add(assigned)
            for near in graph.neighbours(assigned):
                sizes[near] -= weights[assigned]
    return stars


def _cluster(graph: SimilarityGraph, centre: int, star: dict[int, int]) -> Cluster:
    nodes = graph.nodes
    representative, *equals = nodes[centre].keys
    members = [(key, 0) for key in equals]
    members += [(key, distance) for near, distance in star.items() for key in nodes[near].keys]
    members.sort(key=lambda member: (member[1], member[0]))
    hashes = np.array([nodes[node].hash for node in (centre, *star)], dtype=np.uint64)
    return Cluster(representative, ((representative, 0), *members), diameter(hashes))


def diameter(hashes: Hashes) -> int:
    """Return the largest Hamming distance between any two of `hashes`, shape (n,)."""
    distinct = np.unique(hashes)
    return max((int(np.bitwise_count(distinct ^ hash_).max()) for hash_ in distinct), default=0)


def equal_pairs(digests: Iterable[tuple[int, str]]) -> Pairs:
    """
    Return keys with equal digests as pairs at distance 0.

    `digests` are (key, digest); an empty digest equals no other.
    """
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
