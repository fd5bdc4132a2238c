"""Clusters: bounded, the same in every order, and what the definition says."""

import time
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.matching.clustering import Cluster, clusters, diameter, equal_pairs
from hashing.search.hamming_index import HammingIndex
from tests.hashing.brute_force import Hashes, clustered, hash_sets, seeds

Held = dict[int, int]
Pair = tuple[int, int]

judgements = st.sets(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda pair: pair[0] < pair[1]),
    max_size=40,
)
small_radii = st.integers(0, 24)


def clusters_of(
    held: Held, radius: int, settled: Iterable[Pair] = (), min_size: int = 2
) -> list[Cluster]:
    keys = np.array(list(held), dtype=np.int64)
    hashes = np.array(list(held.values()), dtype=np.uint64)
    pairs = HammingIndex.build(keys, hashes).pairs(radius)
    return clusters(pairs, frozenset(settled), min_size)


def by_definition(held: Held, radius: int, settled: Iterable[Pair] = ()) -> list[Cluster]:
    """Cut stars out of a graph of single keys, one after another."""
    neighbours = {
        key: {
            other: (held[key] ^ held[other]).bit_count()
            for other in held
            if other != key
            and (held[key] ^ held[other]).bit_count() <= radius
            and (min(key, other), max(key, other)) not in settled
        }
        for key in held
    }
    left, found = set(held), []
    while left:
        centre = min(left, key=lambda key: (-len(neighbours[key].keys() & left), key))
        star = [(distance, key) for key, distance in neighbours[centre].items() if key in left]
        if not star:
            break
        members = ((centre, 0), *((key, distance) for distance, key in sorted(star)))
        widest = max((held[a] ^ held[b]).bit_count() for a, _ in members for b, _ in members)
        found.append(Cluster(centre, members, widest))
        left -= {key for key, _ in members}
    return sorted(found, key=lambda cluster: (-len(cluster), cluster.representative))


def numbered(hashes: Hashes) -> Held:
    return dict(enumerate(hashes.tolist()))


@given(hash_sets(max_size=40), small_radii, judgements)
def test_clusters_are_those_of_the_definition(
    hashes: Hashes, radius: int, settled: set[Pair]
) -> None:
    held = numbered(hashes)
    assert clusters_of(held, radius, settled) == by_definition(held, radius, settled)


@given(hash_sets(max_size=200), small_radii, judgements, seeds)
def test_clusters_do_not_depend_on_order(
    hashes: Hashes, radius: int, settled: set[Pair], seed: int
) -> None:
    held = numbered(hashes)
    order = np.random.default_rng(seed).permutation(len(hashes)).tolist()
    shuffled = {key: held[key] for key in order}
    assert clusters_of(shuffled, radius, settled) == clusters_of(held, radius, settled)


@given(hash_sets(max_size=200), small_radii)
def test_every_member_is_near_its_representative_and_in_no_other_cluster(
    hashes: Hashes, radius: int
) -> None:
    held = numbered(hashes)
    seen: set[int] = set()
    for cluster in clusters_of(held, radius):
        centre = held[cluster.representative]
        assert cluster.members[0] == (cluster.representative, 0)
        for key, distance in cluster.members:
            assert (held[key] ^ centre).bit_count() == distance <= radius
            assert key not in seen
            seen.add(key)
        assert cluster.diameter <= 2 * radius


def test_clusters_of_nothing_and_of_strangers_are_none() -> None:
    assert clusters_of({}, 10) == []
    assert clusters_of({1: 0}, 10) == []
    assert clusters_of({1: 0, 2: 2**64 - 1}, 10) == []


def test_chain_does_not_merge() -> None:
    # Each link is 10 bits from the next: 0 … 10 … 20 … 60 bits from the first.
    held = {link: (1 << 10 * link) - 1 for link in range(7)}
    found = clusters_of(held, 10)
    assert max(len(cluster) for cluster in found) == 3
    assert [cluster.diameter for cluster in found] == [20, 20]
    assert [cluster.representative for cluster in found] == [1, 4]


def test_largest_cluster_comes_first_and_of_equals_the_smallest_key() -> None:
    far = 2**32 - 1
    held = {9: 0, 8: 0, 5: far, 4: far, 7: far << 32, 6: far << 32, 3: far << 32}
    found = clusters_of(held, 3)
    assert [cluster.representative for cluster in found] == [3, 4, 8]
    assert found[0] == Cluster(3, ((3, 0), (6, 0), (7, 0)), 0)


def test_members_come_nearest_first() -> None:
    found = clusters_of({4: 0b11, 3: 0b1, 2: 0b10, 1: 0}, 2)
    assert found == [Cluster(1, ((1, 0), (2, 1), (3, 1), (4, 2)), 2)]


@pytest.mark.parametrize(("min_size", "sizes"), [(0, [5, 2]), (2, [5, 2]), (3, [5]), (6, [])])
def test_smaller_clusters_than_asked_for_are_left_out(min_size: int, sizes: list[int]) -> None:
    held = {key: 0 if key < 5 else 2**64 - 1 for key in range(7)}
    assert [len(cluster) for cluster in clusters_of(held, 4, min_size=min_size)] == sizes


def test_member_that_lost_its_neighbours_to_another_is_no_cluster() -> None:
    held = {1: 0b0, 2: 0b11, 3: 0b1111, 4: 0b110011}
    assert [cluster.members for cluster in clusters_of(held, 2, min_size=1)] == [
        ((2, 0), (1, 2), (3, 2), (4, 2))
    ]
    chain = {key: (1 << 2 * key) - 1 for key in range(4)}
    assert [len(cluster) for cluster in clusters_of(chain, 2, min_size=1)] == [3]


def test_settled_pair_is_no_cluster() -> None:
    assert clusters_of({1: 0, 2: 1}, 4, [(1, 2)]) == []
    assert clusters_of({1: 7, 2: 7}, 4, [(1, 2)]) == []


def test_settled_pair_leaves_both_to_a_third() -> None:
    assert clusters_of({1: 0, 2: 1, 3: 3}, 4, [(1, 3)]) == [Cluster(2, ((2, 0), (1, 1), (3, 1)), 2)]
    assert clusters_of({1: 7, 2: 7, 3: 7}, 4, [(1, 2)]) == [Cluster(3, ((3, 0), (1, 0), (2, 0)), 0)]


def test_picture_settled_with_all_others_is_alone() -> None:
    held = dict.fromkeys(range(5), 42)
    settled = [(0, key) for key in range(1, 5)]
    (cluster,) = clusters_of(held, 4, settled)
    assert [key for key, _ in cluster.members] == [1, 2, 3, 4]


def test_ten_thousand_equal_hashes_cluster_in_a_moment() -> None:
    begin = time.process_time()
    (cluster,) = clusters_of(dict.fromkeys(range(10_000), 42), 10)
    assert len(cluster) == 10_000
    assert cluster.diameter == 0
    assert time.process_time() - begin < 2


def test_large_groups_of_near_hashes_cluster_in_a_moment() -> None:
    begin = time.process_time()
    hashes = clustered(4000, np.random.default_rng(1))
    assert sum(map(len, clusters_of(numbered(hashes), 10))) > 3000
    assert time.process_time() - begin < 5


def test_diameter_is_the_widest_distance() -> None:
    assert diameter(np.array([], dtype=np.uint64)) == 0
    assert diameter(np.array([5, 5], dtype=np.uint64)) == 0
    assert diameter(np.array([0, 1, 2**64 - 1], dtype=np.uint64)) == 64


def test_equal_digests_are_clusters_at_distance_0() -> None:
    digests = [(5, "a"), (1, "b"), (4, "a"), (2, ""), (3, ""), (6, "c"), (7, "a"), (8, "b")]
    assert clusters(equal_pairs(digests)) == [
        Cluster(4, ((4, 0), (5, 0), (7, 0)), 0),
        Cluster(1, ((1, 0), (8, 0)), 0),
    ]
    assert clusters(equal_pairs([])) == []


def test_equal_digests_that_are_settled_are_apart() -> None:
    assert clusters(equal_pairs([(1, "a"), (2, "a")]), frozenset({(1, 2)})) == []
