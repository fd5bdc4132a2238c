"""All pairs of near hashes, against comparing all with all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing import bands
from hashing.bands import band_radius, cross_pairs, masks, near_pairs

HASHES = st.lists(
    st.one_of(
        st.integers(0, 2**64 - 1),
        st.integers(0, 255),  # near each other, all in one bucket of three bands
        st.integers(0, 255).map(lambda low: 2**64 - 1 - low),
        st.integers(0, 63).map(lambda bit: 1 << bit),
    ),
    max_size=60,
    unique=True,
)


def brute_force(hashes: list[int], max_distance: int) -> set[tuple[int, int, int]]:
    return {
        (i, j, distance)
        for i, a in enumerate(hashes)
        for j, b in enumerate(hashes[i + 1 :], i + 1)
        if (distance := (a ^ b).bit_count()) <= max_distance
    }


@pytest.fixture(params=["joined", "all with all"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Force one of the two ways, whatever is quicker; and small portions of the first."""
    monkeypatch.setattr(bands, "JOIN_COST", 0 if request.param == "joined" else 10**12)
    monkeypatch.setattr(bands, "MASK_COST", 0)
    monkeypatch.setattr(bands, "PORTION", 7)
    monkeypatch.setattr(bands, "BLOCK", 5)


@pytest.mark.usefixtures("way")
class TestEitherWay:
    @given(HASHES, st.integers(0, 14))
    def test_pairs_are_those_of_brute_force(self, hashes: list[int], max_distance: int) -> None:
        found = near_pairs(np.array(hashes, dtype=np.uint64), max_distance)
        listed = [tuple(pair) for pair in found.T.tolist()]
        assert len(set(listed)) == len(listed)
        assert set(listed) == brute_force(hashes, max_distance)

    @given(HASHES, HASHES, st.integers(0, 14))
    def test_pairs_of_two_sets_are_those_of_brute_force(
        self, a: list[int], b: list[int], max_distance: int
    ) -> None:
        found = cross_pairs(np.array(a, np.uint64), np.array(b, np.uint64), max_distance)
        assert found.T.tolist() == [
            [i, j, (one ^ other).bit_count()]
            for i, one in enumerate(a)
            for j, other in enumerate(b)
            if (one ^ other).bit_count() <= max_distance
        ]

    def test_nothing_has_no_pairs(self) -> None:
        assert near_pairs(np.empty(0, dtype=np.uint64), 10).shape == (3, 0)


@pytest.mark.parametrize("max_distance", [0, 1, 2, 3, 4, 7, 8, 10, 11, 13])
def test_many_hashes(max_distance: int) -> None:
    rng = np.random.default_rng(max_distance)
    centres = rng.integers(0, 2**64, 40, dtype=np.uint64)
    flips = np.uint64(1) << rng.integers(0, 64, (40, 12, 6), dtype=np.uint64)
    hashes = np.unique(centres[:, None] ^ np.bitwise_xor.reduce(flips, axis=2))
    found = {tuple(pair) for pair in near_pairs(hashes, max_distance).T.tolist()}
    assert found == brute_force(hashes.tolist(), max_distance)


def test_any_radius_is_taken() -> None:
    hashes = np.array([0, 1, 2**64 - 1], dtype=np.uint64)
    assert [near_pairs(hashes, radius).shape[1] for radius in (0, 1, 62, 63, 64)] == [0, 1, 1, 2, 3]


@pytest.mark.parametrize("max_distance", range(65))
def test_shares_leave_no_pair_out(max_distance: int) -> None:
    """More than its share in every band is more than `max_distance` in all."""
    excess = sum(band_radius(number, max_distance) + 1 for number in range(bands.BANDS))
    assert excess > max_distance or max_distance == 64


def test_masks_are_all_values_of_few_bits() -> None:
    assert sorted(masks(2).tolist()) == [v for v in range(2**16) if v.bit_count() <= 2]


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "MOST_PAIRS", 10)
    with pytest.raises(ValueError, match="Choose a smaller distance"):
        near_pairs(np.arange(100, dtype=np.uint64), 10)
