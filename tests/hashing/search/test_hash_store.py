"""The way that a search takes, and that each way is exact on large sets that are hard on it."""

from collections.abc import Callable

import numpy as np
import pytest

from hashing.search.hash_store import BANDS_FROM, TREE_FROM, HashStore, Way
from tests.hashing.brute_force import Hashes, uniform

WAYS: tuple[Way, ...] = ("flat scan", "bands", "BK-tree")


def equal_but_one_band(size: int, rng: np.random.Generator) -> Hashes:
    return rng.permutation(2**22)[:size].astype(np.uint64)


def mostly_equal_in_three_bands(size: int, rng: np.random.Generator) -> Hashes:
    return np.where(rng.random(size) < 0.9, rng.integers(0, 2**20, size), uniform(size, rng))


def ball(size: int, rng: np.random.Generator) -> Hashes:
    """Hashes at most five bits from 0: a query for 0 finds all of them."""
    bits = np.uint64(1) << rng.integers(0, 64, (size, 5), dtype=np.uint64)
    return np.bitwise_xor.reduce(bits, axis=1)


KINDS = (uniform, equal_but_one_band, mostly_equal_in_three_bands, ball)


@pytest.mark.parametrize("kind", KINDS)
def test_large_stores_are_exact_by_every_way(kind: Callable[..., Hashes]) -> None:
    rng = np.random.default_rng(1)
    hashes = np.unique(kind(TREE_FROM + 50_000, rng).astype(np.uint64))
    store = HashStore(hashes)
    for query in [0, int(hashes[7]) ^ 0b11, int(uniform(1, rng)[0])]:
        distances = np.bitwise_count(hashes ^ np.uint64(query))
        # Every radius is tried by tests of HammingIndex; these are as large sets plan for.
        for radius in (0, 2, 5, 10):
            expected = np.flatnonzero(distances <= radius)
            for way in (None, *WAYS):
                places, found = store.within(query, radius, way)
                assert np.array_equal(places, expected)
                assert np.array_equal(found, distances[expected])


def test_few_hashes_are_scanned_and_many_have_bands() -> None:
    hashes = np.unique(uniform(BANDS_FROM, np.random.default_rng(2)))
    assert HashStore(hashes[:-1]).plan(0, 4).way == "flat scan"
    store = HashStore(hashes)
    assert [store.plan(0, radius).way for radius in (0, 4, 10)] == ["bands"] * 3
    assert [store.plan(0, radius).way for radius in (30, 64)] == ["flat scan"] * 2


def test_tree_is_walked_where_bands_do_not_tell_hashes_apart() -> None:
    store = HashStore(np.arange(TREE_FROM * 5, dtype=np.uint64))
    assert store.plan(0, 1).way == "BK-tree"
    assert store.plan(0, 1).candidates < len(store) / 8
    assert store.plan(0, 6).way == "flat scan"


def test_walk_that_leaves_nothing_out_is_broken_off() -> None:
    store = HashStore(np.unique(ball(2 * TREE_FROM, np.random.default_rng(3))))
    assert store.tree.walk(0, 10, len(store) // 8) is None
    assert store.plan(0, 10).way == "flat scan"


def test_memory_counts_the_tree_once_it_is_made() -> None:
    store = HashStore(np.unique(uniform(BANDS_FROM, np.random.default_rng(4))))
    before = store.nbytes
    assert before > 32 * len(store)
    assert store.tree.nbytes > 8 * len(store)
    assert store.nbytes == before + store.tree.nbytes
