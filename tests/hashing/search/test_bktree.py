"""The BK-tree against brute force."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.search.bktree import BUCKET, BKTree, ranges
from tests.hashing.brute_force import (
    ENDS,
    KINDS,
    TOP,
    Hashes,
    distances_to,
    hash_sets,
    queries_of,
    radii,
    seeds,
    uniform,
    words,
)


def found(tree: BKTree, query: int, radius: int) -> dict[int, int]:
    hashes, distances = tree.within(query, radius)
    assert len(set(hashes.tolist())) == len(hashes)
    return dict(zip(hashes.tolist(), distances.tolist(), strict=True))


def expected(hashes: Hashes | set[int], query: int, radius: int) -> dict[int, int]:
    near = {int(hash_): (int(hash_) ^ query).bit_count() for hash_ in hashes}
    return {hash_: distance for hash_, distance in near.items() if distance <= radius}


@given(hash_sets(), radii, seeds)
def test_search_finds_what_brute_force_finds(hashes: Hashes, radius: int, seed: int) -> None:
    tree = BKTree.build(hashes)
    assert len(tree) == len(set(hashes.tolist()))
    for query in queries_of(hashes, seed):
        assert found(tree, query, radius) == expected(hashes, query, radius)


@pytest.mark.parametrize("kind", KINDS)
def test_search_is_exact_at_every_radius(kind: Callable[..., Hashes]) -> None:
    hashes = kind(3000, np.random.default_rng(1))
    tree = BKTree.build(hashes)
    for query in queries_of(hashes):
        for radius in range(65):
            assert found(tree, query, radius) == expected(hashes, query, radius)


def test_empty_tree_finds_nothing() -> None:
    tree = BKTree.build(np.empty(0, dtype=np.uint64))
    assert len(tree) == 0
    assert found(tree, 0, 64) == {}
    assert 0 not in tree
    assert not tree.discard(0)


@pytest.mark.parametrize("size", [1, 2, BUCKET - 1, BUCKET, BUCKET + 1, BUCKET + 2])
def test_tree_about_the_size_of_a_bucket_is_exact(size: int) -> None:
    hashes = uniform(size, np.random.default_rng(size))
    assert found(BKTree.build(hashes), TOP, 64) == expected(hashes, TOP, 64)


@given(hash_sets(max_size=600), st.lists(st.tuples(st.booleans(), words), max_size=40), seeds)
def test_changes_leave_what_a_set_would_hold(
    hashes: Hashes, changes: list[tuple[bool, int]], seed: int
) -> None:
    tree, held = BKTree.build(hashes), set(hashes.tolist())
    known = np.random.default_rng(seed).permutation(hashes)[:20].tolist()
    for adds, hash_ in [*changes, *((False, hash_) for hash_ in known), *changes[::-1]]:
        if adds:
            assert tree.add(hash_) == (hash_ not in held)
            held.add(hash_)
        else:
            assert tree.discard(hash_) == (hash_ in held)
            held.discard(hash_)
        assert (hash_ in tree) == (hash_ in held)
    assert len(tree) == len(held)
    assert set(tree.to_array().tolist()) == held
    for query in queries_of(hashes, seed):
        assert found(tree, query, 12) == expected(held, query, 12)


def test_discarded_pivots_still_steer() -> None:
    hashes = uniform(5000, np.random.default_rng(2))
    tree = BKTree.build(hashes)
    visit = tree.candidates(0, 64)
    pivots = tree.hashes[visit.positions[: visit.nodes]].tolist()
    assert pivots
    for pivot in pivots:
        assert tree.discard(pivot)
    held = set(hashes.tolist()) - set(pivots)
    for query in [*pivots[:5], *queries_of(hashes)]:
        assert found(tree, query, 20) == expected(held, query, 20)
    assert tree.add(pivots[0])
    assert found(tree, pivots[0], 0) == {pivots[0]: 0}


def test_enough_new_hashes_rebuild_the_tree() -> None:
    rng = np.random.default_rng(3)
    tree = BKTree.build(uniform(100, rng))
    removed = int(tree.hashes[0])
    tree.discard(removed)
    added = uniform(8193, rng).tolist()
    for hash_ in added[:-1]:
        tree.add(hash_)
    assert len(tree.hashes) == 100
    tree.add(added[-1])
    assert len(tree.hashes) == len(tree) == 99 + 8193
    assert removed not in tree
    assert found(tree, added[0], 14) == expected(tree.to_array(), added[0], 14)


def test_small_radius_looks_at_few_hashes() -> None:
    hashes = uniform(100_000, np.random.default_rng(4))
    tree = BKTree.build(hashes)
    visit = tree.candidates(int(hashes[0]), 2)
    assert visit.scanned < len(hashes) / 10
    everything = tree.candidates(int(hashes[0]), 64)
    assert everything.nodes + everything.scanned == len(hashes)


def test_candidates_are_none_twice() -> None:
    hashes = uniform(20_000, np.random.default_rng(5))
    places = BKTree.build(hashes).candidates(ENDS[3], 30).positions
    assert len(np.unique(places)) == len(places)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12))
def test_ranges_are_joined_in_order(pieces: list[tuple[int, int]]) -> None:
    begin = np.array([start for start, _ in pieces], dtype=np.int64)
    end = begin + np.array([length for _, length in pieces], dtype=np.int64)
    joined = [number for start, length in pieces for number in range(start, start + length)]
    assert ranges(begin, end).tolist() == joined


def test_distances_are_those_of_the_definition() -> None:
    hashes, distances = BKTree.build(np.array(ENDS, dtype=np.uint64)).within(0, 64)
    assert distances.tolist() == distances_to(hashes, 0)
