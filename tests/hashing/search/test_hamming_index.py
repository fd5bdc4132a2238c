"""The index against brute force, on each of its ways."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.search.hamming_index import HammingIndex, Pairs
from tests.hashing.brute_force import (
    ENDS,
    KINDS,
    TOP,
    Hashes,
    all_equal,
    clustered,
    hash_sets,
    queries_of,
    radii,
    seeds,
    uniform,
    words,
)

Held = dict[int, int]

changes = st.dictionaries(st.integers(0, 30), st.none() | words, max_size=12)


def index_of(hashes: Hashes, seed: int = 0) -> tuple[HammingIndex, Held]:
    """Return an index of `hashes` under keys in no order, and the same as a dictionary."""
    keys = np.random.default_rng(seed).permutation(len(hashes)) * 3 + 1
    return HammingIndex.build(keys, hashes), dict(zip(keys.tolist(), hashes.tolist(), strict=True))


def changed(index: HammingIndex, held: Held, change: dict[int, int | None]) -> HammingIndex:
    """Return `index` with some keys at other hashes, or (None) at none; `held` too."""
    for key, hash_ in change.items():
        held.pop(key, None)
        if hash_ is not None:
            held[key] = hash_
    staying = {key: hash_ for key, hash_ in change.items() if hash_ is not None}
    return index.with_changes(
        np.array(list(change), dtype=np.int64),
        np.array(list(staying), dtype=np.int64),
        np.array(list(staying.values()), dtype=np.uint64),
    )


def found(index: HammingIndex, query: int, radius: int) -> dict[int, int]:
    keys, distances = index.within(query, radius)
    assert len(set(keys.tolist())) == len(keys)
    return dict(zip(keys.tolist(), distances.tolist(), strict=True))


def expected(held: Held, query: int, radius: int) -> dict[int, int]:
    near = {key: (hash_ ^ query).bit_count() for key, hash_ in held.items()}
    return {key: distance for key, distance in near.items() if distance <= radius}


def assert_exact(index: HammingIndex, held: Held, radius: int, seed: int = 0) -> None:
    assert len(index) == len(held)
    for query in queries_of(np.array(list(held.values()), dtype=np.uint64), seed):
        assert found(index, query, radius) == expected(held, query, radius)


@given(hash_sets(), radii, seeds)
def test_search_finds_what_brute_force_finds(
    way: str, hashes: Hashes, radius: int, seed: int
) -> None:
    assert_exact(*index_of(hashes, seed), radius, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_search_is_exact_at_every_radius(way: str, kind: Callable[..., Hashes]) -> None:
    index, held = index_of(kind(1000, np.random.default_rng(1)))
    for radius in range(65):
        assert_exact(index, held, radius)


@given(hash_sets(), hash_sets(max_size=20), radii)
def test_many_queries_find_what_each_finds(hashes: Hashes, queries: Hashes, radius: int) -> None:
    index, held = index_of(hashes)
    index = changed(index, held, {1: TOP, 4: None, 9999: 0})
    numbers, keys, distances = index.within_many(queries, radius)
    answers: list[dict[int, int]] = [{} for _ in queries]
    for number, key, distance in zip(numbers, keys, distances, strict=True):
        assert int(key) not in answers[number]
        answers[number][int(key)] = int(distance)
    assert answers == [expected(held, query, radius) for query in queries.tolist()]


@given(hash_sets(max_size=40), st.lists(changes, max_size=5), radii)
def test_changes_are_found_and_what_they_replaced_is_not(
    way: str, hashes: Hashes, steps: list[dict[int, int | None]], radius: int
) -> None:
    index, held = index_of(hashes)
    for step in steps:
        index = changed(index, held, step)
        assert_exact(index, held, radius)
        keys, values = index.entries
        assert dict(zip(keys.tolist(), values.tolist(), strict=True)) == held


@pytest.mark.parametrize("kind", KINDS)
def test_changes_of_a_large_index_are_exact(way: str, kind: Callable[..., Hashes]) -> None:
    rng = np.random.default_rng(2)
    index, held = index_of(kind(4000, rng))
    moved = {int(key): int(hash_) for key, hash_ in zip(rng.choice(15_000, 800, replace=False),
             kind(800, rng), strict=True)}  # fmt: skip
    gone = dict.fromkeys(rng.choice(list(held), 500, replace=False).tolist())
    index = changed(changed(index, held, moved), held, gone)
    for radius in (0, 4, 10, 31, 64):
        assert_exact(index, held, radius)


def test_old_index_stays_as_it_is() -> None:
    index, held = index_of(uniform(500, np.random.default_rng(3)))
    before = dict(held)
    later = changed(index, held, {1: 0, 4: None, 9999: TOP})
    assert_exact(index, before, 25)
    assert_exact(later, held, 25)
    assert later.entries[0].tolist() != index.entries[0].tolist()


def test_enough_changes_are_merged(way: str) -> None:
    rng = np.random.default_rng(4)
    index, held = index_of(uniform(1000, rng))
    new = dict(zip(range(10_000, 18_192), uniform(8192, rng).tolist(), strict=True))
    index = changed(index, held, new)
    assert not index.merge_is_due
    assert_exact(index, held, 10)
    index = changed(index, held, {1: None, 18_192: TOP})
    assert index.merge_is_due
    assert_exact(index, held, 10)
    index = index.merged()
    assert not index.merge_is_due
    for radius in (0, 10, 24):
        assert_exact(index, held, radius)


def test_thousand_equal_hashes_are_one_place(way: str) -> None:
    hashes = np.append(all_equal(1000, np.random.default_rng(5)), np.array(ENDS, np.uint64))
    index, held = index_of(hashes)
    assert index.explain(0, 0).hashes == 7
    assert len(found(index, int(hashes[0]), 0)) == 1000
    assert_exact(index, held, 3)


def test_top_bit_and_both_ends_are_hashes_like_others(way: str) -> None:
    index, held = index_of(np.array(ENDS, dtype=np.uint64))
    for query in ENDS:
        for radius in (0, 1, 2, 62, 63, 64):
            assert found(index, query, radius) == expected(held, query, radius)


def test_empty_index_finds_nothing_until_something_comes(way: str) -> None:
    empty = HammingIndex()
    assert len(empty) == 0
    assert found(empty, 0, 64) == {}
    assert found(changed(empty, {}, {5: TOP}), TOP, 0) == {5: 0}


def test_removing_everything_leaves_nothing(way: str) -> None:
    index, held = index_of(uniform(300, np.random.default_rng(6)))
    index = changed(index, held, dict.fromkeys(list(held)))
    assert len(index) == 0
    assert found(index, 0, 64) == {}
    assert len(index.pairs(64).first) == 0


@given(hash_sets(), radii, seeds)
def test_explanation_agrees_with_the_search(
    way: str, hashes: Hashes, radius: int, seed: int
) -> None:
    index, held = index_of(hashes)
    index = changed(index, held, {2: 7, 5: TOP})
    for query in queries_of(hashes, seed):
        explained = index.explain(query, radius)
        distinct = {held[key] for key in found(index, query, radius)}
        assert len(distinct) <= explained.nodes + explained.candidates
        # Bands may meet a hash in each of them.
        assert way == "bands" or explained.nodes + explained.candidates <= explained.hashes
        assert explained.way == ("flat scan" if way == "as measured" else way)


def as_keys(pairs: Pairs) -> dict[tuple[int, int], int]:
    """Return the pairs of keys, equal hashes included, with their distances."""
    found: dict[tuple[int, int], int] = {}
    for group in pairs.groups:
        keys = group.tolist()
        assert keys == sorted(keys)
        found |= {(a, b): 0 for i, a in enumerate(keys) for b in keys[i + 1 :]}
    for i, j, distance in zip(pairs.first, pairs.second, pairs.distances, strict=True):
        assert i != j
        for a in pairs.groups[i].tolist():
            for b in pairs.groups[j].tolist():
                assert (min(a, b), max(a, b)) not in found
                found[min(a, b), max(a, b)] = int(distance)
    return found


def all_pairs(held: Held, radius: int) -> dict[tuple[int, int], int]:
    keys = sorted(held)
    distances = {
        (a, b): (held[a] ^ held[b]).bit_count() for i, a in enumerate(keys) for b in keys[i + 1 :]
    }
    return {pair: distance for pair, distance in distances.items() if distance <= radius}


@given(hash_sets(max_size=80), radii)
def test_pairs_are_those_of_brute_force(hashes: Hashes, radius: int) -> None:
    index, held = index_of(hashes)
    assert as_keys(index.pairs(radius)) == all_pairs(held, radius)
    index = changed(index, held, {1: TOP, 4: None, 1000: 0})
    assert as_keys(index.pairs(radius)) == all_pairs(held, radius)


@given(hash_sets(max_size=80), radii, seeds)
def test_pairs_of_some_keys_are_those_of_an_index_of_them(
    hashes: Hashes, radius: int, seed: int
) -> None:
    index, held = index_of(hashes)
    some = [key for key in held if np.random.default_rng(seed + key).random() < 0.5]
    pairs = index.pairs(radius, np.array([*some, 99_999], dtype=np.int64))
    assert as_keys(pairs) == all_pairs({key: held[key] for key in some}, radius)


def test_pairs_reach_across_blocks() -> None:
    hashes = clustered(1000, np.random.default_rng(7))
    index, held = index_of(hashes)
    assert as_keys(index.pairs(8)) == all_pairs(held, 8)


def wide_hashes(size: int, rng: np.random.Generator) -> Hashes:
    """Hashes of 256 bits, shape (size, 4): a few, each with copies some bits away."""
    centres = rng.integers(0, 2**64, (max(1, size // 20), 4), dtype=np.uint64)
    flips = np.uint64(1) << rng.integers(0, 64, (size, 4), dtype=np.uint64)
    return rng.choice(centres, size) ^ np.where(rng.random((size, 4)) < 0.7, flips, np.uint64(0))


@given(st.integers(0, 120), st.integers(0, 256), seeds)
def test_wide_hashes_are_found_at_any_radius(size: int, radius: int, seed: int) -> None:
    hashes = wide_hashes(size, np.random.default_rng(seed))
    values = [int.from_bytes(row.tobytes(), "big") for row in hashes.astype(">u8")]
    index, held = HammingIndex.build(np.arange(size), hashes), dict(enumerate(values))
    gone = np.arange(0, size, 3)
    new = np.full((1, 4), TOP, dtype=np.uint64)
    index = index.with_changes(np.append(gone, 999), np.array([999]), new)
    held = {key: hash_ for key, hash_ in held.items() if key % 3} | {999: 2**256 - 1}
    for query in [*values[:3], 0, 2**256 - 1, 2**255]:
        assert found(index, query, radius) == expected(held, query, radius)
    assert as_keys(index.pairs(radius)) == all_pairs(held, radius)
    assert index.merged().entries[1].shape == (len(held), 4)
    keys = index.within_many(hashes[:2], radius)[1]
    assert len(keys) == sum(len(expected(held, query, radius)) for query in values[:2])


def test_distances_of_wide_hashes_exceed_a_byte() -> None:
    index = HammingIndex.build(np.array([5]), np.zeros((1, 4), np.uint64))
    assert found(index, 2**256 - 1, 256) == {5: 256}
