"""The BK-tree against brute force, and how little of it a search visits."""

import numpy as np
import pytest
from hypothesis import given

from hashing.search.bktree import BUCKET, BKTree
from tests.hashing.brute_force import (
    ENDS,
    TOP,
    Hashes,
    hash_sets,
    queries_of,
    radii,
    seeds,
    uniform,
)


def found(tree: BKTree, query: int, radius: int) -> dict[int, int]:
    hashes, distances = tree.within(query, radius)
    assert len(set(hashes.tolist())) == len(hashes)
    return dict(zip(hashes.tolist(), distances.tolist(), strict=True))


def expected(hashes: Hashes, query: int, radius: int) -> dict[int, int]:
    near = {hash_: (hash_ ^ query).bit_count() for hash_ in hashes.tolist()}
    return {hash_: distance for hash_, distance in near.items() if distance <= radius}


@given(hash_sets(), radii, seeds)
def test_search_finds_what_brute_force_finds(hashes: Hashes, radius: int, seed: int) -> None:
    tree = BKTree.build(hashes)
    assert len(tree) == len(set(hashes.tolist()))
    for query in queries_of(hashes, seed):
        assert found(tree, query, radius) == expected(hashes, query, radius)


def test_empty_tree_finds_nothing() -> None:
    tree = BKTree.build(np.empty(0, dtype=np.uint64))
    assert len(tree) == 0
    assert found(tree, 0, 64) == {}


@pytest.mark.parametrize("size", [1, 2, BUCKET - 1, BUCKET, BUCKET + 1, BUCKET + 2])
def test_tree_about_the_size_of_a_bucket_is_exact(size: int) -> None:
    hashes = uniform(size, np.random.default_rng(size))
    assert found(BKTree.build(hashes), TOP, 64) == expected(hashes, TOP, 64)


def test_small_radius_visits_few_hashes_and_the_largest_all() -> None:
    hashes = uniform(100_000, np.random.default_rng(4))
    tree = BKTree.build(hashes)
    assert tree.candidates(int(hashes[0]), 2).scanned < len(hashes) / 10
    everything = tree.candidates(int(hashes[0]), 64)
    assert everything.nodes + everything.scanned == len(hashes)


def test_no_candidate_is_visited_twice() -> None:
    hashes = uniform(20_000, np.random.default_rng(5))
    positions = BKTree.build(hashes).candidates(ENDS[3], 30).positions
    assert len(np.unique(positions)) == len(positions)


def test_walk_stops_once_it_is_certain_to_visit_too_many() -> None:
    tree = BKTree.build(uniform(5000, np.random.default_rng(6)))
    visit = tree.candidates(0, 20)
    assert tree.walk(0, 20, visit.nodes + visit.scanned) is not None
    assert tree.walk(0, 20, 100) is None
