"""Spanning trees and their weakest edges, against exhaustive search."""

from itertools import combinations, pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from gallery.clusters.spanning_tree import (
    Edge,
    components,
    path,
    sides,
    spanning_tree,
    weakest_edge,
)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    count = draw(st.integers(0, 6))
    pairs = list(combinations(range(count), 2))
    joined = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return count, [Edge(draw(st.integers(-1, 5)), *pair) for pair in joined]


def reachable(count: int, edges: list[Edge], start: int) -> set[int]:
    found = {start}
    for _ in range(count):
        found |= {end for edge in edges for end in edge.ends if {*edge.ends} & found}
    return found


def gap(edges: list[Edge], part: set[int]) -> float:
    """Return the length of the shortest edge between `part` and the rest."""
    across = [edge.weight for edge in edges if (edge.first in part) != (edge.second in part)]
    return min(across, default=float("inf"))


@given(graphs())
def test_components_are_what_can_be_reached(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    expected = {tuple(sorted(reachable(count, edges, start))) for start in range(count)}
    assert {tuple(part) for part in components(count, edges)} == expected
    assert sorted(node for part in components(count, edges) for node in part) == [*range(count)]


@given(graphs(), st.randoms())
def test_tree_is_the_lightest_that_connects_as_much(graph, random) -> None:
    count, edges = graph
    tree = spanning_tree(count, edges)
    parts = components(count, edges)
    assert components(count, tree) == parts
    assert len(tree) == count - len(parts)
    lightest = min(
        sum(edge.weight for edge in some)
        for some in combinations(edges, len(tree))
        if components(count, list(some)) == parts
    )
    assert sum(edge.weight for edge in tree) == lightest
    shuffled = random.sample(edges, len(edges))
    assert spanning_tree(count, shuffled) == tree


@given(graphs())
def test_weakest_link_lies_in_the_widest_gap_there_is(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    tree = spanning_tree(count, edges)
    if (cut := weakest_edge(tree)) is None:
        assert len({edge.weight for edge in tree}) <= 1
        return
    first, second = sides(count, tree, cut)
    whole = {*first, *second}
    assert whole == reachable(count, edges, cut.first)
    assert gap(edges, set(first)) == cut.weight
    inside = [edge for edge in edges if edge.first in whole]
    some = [set(part) for size in range(1, len(whole)) for part in combinations(whole, size)]
    assert max(gap(inside, part) for part in some) == cut.weight


@given(graphs())
def test_path_has_the_shortest_longest_link(graph: tuple[int, list[Edge]]) -> None:
    count, edges = graph
    tree = spanning_tree(count, edges)
    weights = {edge.ends: edge.weight for edge in edges}

    def longest(way: tuple[int, ...]) -> float:
        steps = [(min(a, b), max(a, b)) for a, b in pairwise(way)]
        return max(weights.get(step, float("inf")) for step in steps)

    for start, end in combinations(range(count), 2):
        way = path(tree, start, end)
        others = [node for node in range(count) if node not in (start, end)]
        best = min(
            longest((start, *between, end))
            for size in range(len(others) + 1)
            for between in permutations(others, size)
        )
        assert (longest(tuple(way)) if way else float("inf")) == best


def test_nothing_is_weakest_among_equals() -> None:
    assert weakest_edge([]) is None
    assert weakest_edge([Edge(3, 0, 1), Edge(3, 1, 2)]) is None
    assert weakest_edge([Edge(3, 0, 1)]) == Edge(3, 0, 1)


def test_long_chains_are_walked_quickly() -> None:
    chain = [Edge(0, number, number + 1) for number in range(3000)]
    tree = spanning_tree(3001, chain)
    assert tree == chain
    assert path(tree, 0, 3000) == [*range(3001)]
