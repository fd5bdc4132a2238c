"""Looking up by bands: whatever is near is met."""

import numpy as np
import pytest
from hypothesis import given

from hashing.search.multi_index import FOUR_BANDS, THREE_BANDS, BandTable, band_radii, masks_of
from tests.hashing.brute_force import Hashes, distances_to, hash_sets, queries_of, seeds, uniform


@pytest.mark.parametrize("widths", [FOUR_BANDS, (16, 16, 16, 16)])
@given(hash_sets(max_size=300), seeds)
def test_whatever_is_near_is_met(widths: tuple[int, ...], hashes: Hashes, seed: int) -> None:
    distinct = np.unique(hashes)
    table = BandTable.build(distinct, widths)
    assert len(table) == len(distinct)
    for query in queries_of(hashes, seed):
        for radius in (0, 1, 3, 4, 10, 13):
            met = set(table.gather(table.slices(query, radius)).tolist())
            near = np.array(distances_to(distinct, query), dtype=int) <= radius
            assert met <= set(distinct.tolist())
            assert met >= set(distinct[near].tolist())


def test_three_bands_meet_whatever_is_near() -> None:
    rng = np.random.default_rng(1)
    hashes = np.unique(uniform(2000, rng))
    table = BandTable.build(hashes, THREE_BANDS)
    for radius in (0, 2, 7, 10):
        near = hashes[:20] ^ np.uint64(sum(1 << int(bit) for bit in rng.permutation(64)[:radius]))
        for hash_, query in zip(hashes.tolist(), near.tolist(), strict=False):
            assert hash_ in table.gather(table.slices(query, radius))


@pytest.mark.parametrize("bands", [3, 4])
@pytest.mark.parametrize("max_distance", range(65))
def test_shares_leave_nothing_out(bands: int, max_distance: int) -> None:
    """More than its share in every band is more than `max_distance` in all."""
    assert sum(radius + 1 for radius in band_radii(bands, max_distance)) == max_distance + 1


def test_masks_are_all_values_of_few_bits() -> None:
    assert sorted(masks_of(14, 3).tolist()) == [v for v in range(2**14) if v.bit_count() <= 3]
    assert len(masks_of(4, 9)) == 16


def test_lookups_are_counted() -> None:
    hashes = uniform(100, np.random.default_rng(2))
    table = BandTable.build(np.unique(hashes))
    for radius in (0, 4, 10):
        assert table.probe_count(radius) == len(table.slices(0, radius).begin)


def test_large_table_touches_memory_and_answers_the_same() -> None:
    hashes = np.unique(uniform(260_000, np.random.default_rng(3)))
    table = BandTable.build(hashes)
    query = int(hashes[5]) ^ 0b111
    met = table.gather(table.slices(query, 12))
    near = np.bitwise_count(hashes ^ np.uint64(query)) <= 12
    assert set(met.tolist()) >= set(hashes[near].tolist())
    assert len(met) > 1000
