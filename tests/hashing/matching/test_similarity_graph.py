"""Graphs of neighbours: nodes of keys that stand for each other, one edge between two of them."""

import numpy as np

from hashing.matching.similarity_graph import SimilarityGraph
from hashing.search.hamming_index import Pairs

Edge = tuple[int, int, int]


def graph_of(
    groups: list[list[int]], edges: list[Edge], settled: frozenset[tuple[int, int]] = frozenset()
) -> SimilarityGraph:
    table = np.array(edges, dtype=np.int64).reshape(-1, 3)
    pairs = Pairs(
        hashes=np.arange(len(groups), dtype=np.uint64),
        groups=[np.array(keys, dtype=np.int64) for keys in groups],
        first=table[:, 0],
        second=table[:, 1],
        distances=table[:, 2].astype(np.uint8),
    )
    return SimilarityGraph.of(pairs, settled)


def told(graph: SimilarityGraph) -> dict[tuple[int, ...], dict[tuple[int, ...], int]]:
    """Return the graph by the keys of its nodes."""
    keys = [node.keys for node in graph.nodes]
    return {
        keys[node]: {keys[near]: distance for near, distance in graph.star(node).items()}
        for node in range(len(keys))
    }


def test_keys_of_one_hash_are_one_node() -> None:
    assert told(graph_of([[3, 1, 2], [7]], [(0, 1, 5)])) == {
        (1, 2, 3): {(7,): 5},
        (7,): {(1, 2, 3): 5},
    }


def test_hash_without_company_is_left_out() -> None:
    assert told(graph_of([[1], [2], [3]], [(0, 2, 4)])) == {(1,): {(3,): 4}, (3,): {(1,): 4}}
    assert told(graph_of([[1]], [])) == {}
    assert told(graph_of([], [])) == {}


def test_keys_told_apart_from_the_same_key_stay_one_node() -> None:
    apart = frozenset((1, other) for other in range(2, 1001))
    assert told(graph_of([list(range(1, 1001))], [], apart)) == {
        (1,): {},
        tuple(range(2, 1001)): {},
    }


def test_keys_told_apart_from_others_are_nodes_at_0_bits() -> None:
    graph = graph_of([[1, 2, 3], [9]], [(0, 1, 6)], frozenset({(2, 9)}))
    assert told(graph) == {
        (1, 3): {(2,): 0, (9,): 6},
        (2,): {(1, 3): 0},
        (9,): {(1, 3): 6},
    }


def test_of_several_edges_the_shortest_counts_in_every_order() -> None:
    edges = [(0, 1, 6), (1, 0, 4), (0, 1, 5)]
    graphs = [told(graph_of([[1], [2]], some)) for some in (edges, edges[::-1])]
    assert graphs == [{(1,): {(2,): 4}, (2,): {(1,): 4}}] * 2


def test_reach_counts_the_keys_of_a_node_and_of_its_neighbours() -> None:
    graph = graph_of([[1, 2], [3], [4, 5, 6], []], [(0, 1, 1), (1, 2, 1), (2, 3, 1)])
    assert dict(zip(told(graph), graph.reaches, strict=True)) == {
        (1, 2): 3,
        (3,): 6,
        (4, 5, 6): 4,
    }
