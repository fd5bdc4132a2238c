"""Spanning trees and their weakest links, against looking at everything."""

from itertools import combinations, pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from gallery.clusters.spanning_tree import Link, connected, path, sides, spanning_tree, weakest


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Link]]:
    count = draw(st.integers(0, 6))
    pairs = list(combinations(range(count), 2))
    linked = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return count, [Link(draw(st.integers(-1, 5)), *pair) for pair in linked]


def reachable(count: int, links: list[Link], start: int) -> set[int]:
    found = {start}
    for _ in range(count):
        found |= {end for _, a, b in links for end in (a, b) if {a, b} & found}
    return found


def gap(links: list[Link], part: set[int]) -> float:
    """Return the length of the shortest link between `part` and the rest."""
    across = [link.weight for link in links if (link.first in part) != (link.second in part)]
    return min(across, default=float("inf"))


@given(graphs())
def test_connected_is_what_can_be_reached(graph: tuple[int, list[Link]]) -> None:
    count, links = graph
    expected = {tuple(sorted(reachable(count, links, start))) for start in range(count)}
    assert {tuple(part) for part in connected(count, links)} == expected
    assert sorted(thing for part in connected(count, links) for thing in part) == [*range(count)]


@given(graphs(), st.randoms())
def test_tree_is_the_lightest_that_connects_as_much(graph, random) -> None:
    count, links = graph
    tree = spanning_tree(count, links)
    parts = connected(count, links)
    assert connected(count, tree) == parts
    assert len(tree) == count - len(parts)
    lightest = min(
        sum(link.weight for link in some)
        for some in combinations(links, len(tree))
        if connected(count, list(some)) == parts
    )
    assert sum(link.weight for link in tree) == lightest
    shuffled = random.sample(links, len(links))
    assert spanning_tree(count, shuffled) == tree


@given(graphs())
def test_weakest_link_lies_in_the_widest_gap_there_is(graph: tuple[int, list[Link]]) -> None:
    count, links = graph
    tree = spanning_tree(count, links)
    if (cut := weakest(tree)) is None:
        assert len({link.weight for link in tree}) <= 1
        return
    first, second = sides(count, tree, cut)
    whole = {*first, *second}
    assert whole == reachable(count, links, cut.first)
    assert gap(links, set(first)) == cut.weight
    inside = [link for link in links if link.first in whole]
    some = [set(part) for size in range(1, len(whole)) for part in combinations(whole, size)]
    assert max(gap(inside, part) for part in some) == cut.weight


@given(graphs())
def test_path_has_the_shortest_longest_link(graph: tuple[int, list[Link]]) -> None:
    count, links = graph
    tree = spanning_tree(count, links)
    weights = {link[1:]: link.weight for link in links}

    def longest(way: tuple[int, ...]) -> float:
        steps = [(min(a, b), max(a, b)) for a, b in pairwise(way)]
        return max(weights.get(step, float("inf")) for step in steps)

    for start, end in combinations(range(count), 2):
        way = path(tree, start, end)
        others = [thing for thing in range(count) if thing not in (start, end)]
        best = min(
            longest((start, *between, end))
            for size in range(len(others) + 1)
            for between in permutations(others, size)
        )
        assert (longest(tuple(way)) if way else float("inf")) == best


def test_nothing_is_weakest_among_equals() -> None:
    assert weakest([]) is None
    assert weakest([Link(3, 0, 1), Link(3, 1, 2)]) is None
    assert weakest([Link(3, 0, 1)]) == Link(3, 0, 1)


def test_long_chains_are_walked_quickly() -> None:
    chain = [Link(0, number, number + 1) for number in range(3000)]
    tree = spanning_tree(3001, chain)
    assert tree == chain
    assert path(tree, 0, 3000) == [*range(3001)]
