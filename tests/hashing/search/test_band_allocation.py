"""Which bits make which bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.search.band_allocation import MOST_BANDS, WIDEST, BandPlan, entropies
from tests.hashing.brute_force import uniform

RNG = np.random.default_rng(1)


@given(st.integers(0, 100_000), st.integers(0, 64), st.lists(st.integers(0, 63), max_size=64))
def test_every_plan_can_be_followed(n: int, max_distance: int, constant: list[int]) -> None:
    free = np.uint64(2**64 - 1 - sum(1 << bit for bit in set(constant)))
    hashes = uniform(n, RNG) & free
    plan = BandPlan.of(hashes, hashes, max_distance)
    assert sorted(plan.order) == list(range(64))
    assert 1 <= len(plan.widths) <= MOST_BANDS
    assert all(1 <= width <= WIDEST for width in plan.widths)
    assert sum(plan.widths) <= 64
    # The values of a band are numbered behind those of wider ones.
    assert list(plan.widths) == sorted(plan.widths, reverse=True)


@given(st.permutations(range(64)), st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=9))
def test_another_order_of_bits_changes_no_distance(order: list[int], values: list[int]) -> None:
    hashes = np.array(values, dtype=np.uint64)
    ordered = BandPlan((8,), tuple(order)).ordered(hashes)
    for before, after in zip(hashes, ordered, strict=True):
        assert (np.bitwise_count(hashes ^ before) == np.bitwise_count(ordered ^ after)).all()
    assert [int(ordered[0]) >> 63 - place & 1 for place in range(64)] == [
        values[0] >> 63 - bit & 1 for bit in order
    ]


def test_bits_that_tell_nothing_are_in_no_band() -> None:
    hashes = uniform(200_000, RNG) & np.uint64(0x00FFFFFF00000000)
    plan = BandPlan.of(hashes, hashes, 3)
    used = plan.order[: sum(plan.widths)]
    assert set(used) == set(range(8, 32))
    assert min(plan.widths) > 8


def test_bits_that_are_even_stay_where_they_are() -> None:
    hashes = uniform(5000, RNG)
    assert BandPlan.of(hashes, hashes, 10).order == tuple(range(64))


def test_fewer_hashes_have_more_and_narrower_bands() -> None:
    few, many = (uniform(n, RNG) for n in (10_000, 1_000_000))
    widths = [BandPlan.of(hashes, hashes, 10).widths for hashes in (few, many)]
    assert len(widths[0]) > len(widths[1])
    assert max(widths[0]) < max(widths[1])


@pytest.mark.parametrize(("share", "entropy"), [(0.5, 1), (0, 0), (1, 0), (0.25, 0.678)])
def test_entropy_of_a_bit(share: float, entropy: float) -> None:
    hashes = (np.arange(4096) < 4096 * share).astype(np.uint64)
    assert entropies(hashes)[63] == pytest.approx(entropy, abs=0.001)
    assert entropies(hashes)[0] == 0
