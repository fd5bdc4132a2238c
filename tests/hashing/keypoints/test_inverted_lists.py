"""Inverted lists find exactly what a comparison with every hash would find."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashing.keypoints.descriptors import KEY_BITS, UNSURE_BITS
from hashing.keypoints.inverted_lists import InvertedLists, Postings, radius_among


def postings(hashes: np.ndarray) -> Postings:
    numbers = np.arange(len(hashes))
    return Postings(
        hashes.astype(np.uint64),
        numbers.astype(np.int32),
        (numbers % 256).astype(np.uint8),
        (numbers % 8).astype(np.uint8),
    )


def mask(bits: list[int]) -> int:
    return sum(1 << bit for bit in bits)


def brute_force(lists: InvertedLists, query: int, unsure: list[int], radius: int) -> set[int]:
    """Return the slots within `radius` whose keys differ from the query's in unsure bits only."""
    shift = 64 - lists.key_bits
    in_key = [bit - (KEY_BITS - lists.key_bits) for bit in unsure]
    subsets = chain.from_iterable(
        combinations([bit for bit in in_key if bit >= 0], size) for size in range(UNSURE_BITS + 1)
    )
    keys = {(query >> shift) ^ mask(list(subset)) for subset in subsets}
    return {
        slot
        for value, slot in zip(
            lists.postings.hashes.tolist(), lists.postings.slots.tolist(), strict=True
        )
        if value >> shift in keys and (value ^ query).bit_count() <= radius
    }


@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([0, 1, 50, 3000]),
    flips=st.integers(0, 18),
    radius=st.integers(8, 20),
)
@settings(max_examples=30, deadline=None)
def test_a_search_equals_brute_force(seed, count, flips, radius):
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**64, count, dtype=np.uint64)
    lists = InvertedLists.build(postings(hashes))
    queries = rng.integers(0, 2**64, 5, dtype=np.uint64)
    for number in range(min(4, count)):  # near to a stored hash
        changed = rng.choice(64, flips, replace=False).tolist()
        queries[number] = int(hashes[number]) ^ mask(changed)
    unsure = [rng.choice(KEY_BITS, UNSURE_BITS, replace=False).tolist() for _ in queries]
    masks = np.array([mask(bits) for bits in unsure], dtype=np.uint32)
    hits = lists.search(queries, masks, radius)
    found = list(zip(hits.queries.tolist(), hits.postings.slots.tolist(), strict=True))
    assert len(found) == len(set(found))
    for number, query in enumerate(queries.tolist()):
        expected = brute_force(lists, query, unsure[number], radius)
        assert {slot for at, slot in found if at == number} == expected


def test_a_copy_that_differs_in_unsure_bits_is_found():
    original = 0x0123456789ABCDEF
    lists = InvertedLists.build(postings(np.array([original], dtype=np.uint64)))
    unsure = [KEY_BITS - 1 - place for place in range(UNSURE_BITS)]
    query = original ^ (0b110101 << 58)  # the highest six bits of the hash are those of the key
    hits = lists.search(
        np.array([query], dtype=np.uint64), np.array([mask(unsure)], dtype=np.uint32), radius=13
    )
    assert hits.postings.slots.tolist() == [0]


@pytest.mark.parametrize("count", [10, 100_000])
def test_lists_stay_short_and_take_few_bytes(count):
    rng = np.random.default_rng(1)
    lists = InvertedLists.build(postings(rng.integers(0, 2**64, count, dtype=np.uint64)))
    assert np.diff(lists.starts).max() < 40
    assert lists.nbytes <= 14 * count + 4 * (1 << lists.key_bits) + 4


def test_the_more_hashes_there_are_the_nearer_they_have_to_be():
    radii = [radius_among(count) for count in (1000, 2_000_000, 20_000_000)]
    assert radii == sorted(radii, reverse=True)
    assert len(set(radii)) == 3
