"""All pairs of near hashes, against comparing all with all."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.exceptions import TooManyPairs
from hashing.search import similarity_join, tiled_join
from hashing.search.band_allocation import BandPlan
from hashing.search.similarity_join import cross_pairs, cross_portions, near_pairs
from tests.hashing.brute_force import clustered, uniform

HASHES = st.lists(
    st.one_of(
        st.integers(0, 2**64 - 1),
        st.integers(0, 255),  # near each other, all in one bucket of three bands
        st.integers(0, 255).map(lambda low: 2**64 - 1 - low),
        st.integers(0, 63).map(lambda bit: 1 << bit),
        st.integers(0, 2**12 - 1).map(lambda high: high << 40),  # most bits tell nothing
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


@pytest.fixture(params=["as planned", "by bytes", "all with all"], scope="class")
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Force one of the ways, whatever is quicker, and small portions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity_join, "_pays", lambda *_, **__: request.param != "all with all")
        if request.param == "by bytes":
            patch.setattr(BandPlan, "of", lambda *_: BandPlan((8,) * 8))
        patch.setattr(tiled_join, "TILE_PAIRS", 7)
        patch.setattr(tiled_join, "BLOCK", 5)
        yield


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


@pytest.mark.parametrize("max_distance", [2, 10])
def test_joined_bands_find_what_comparing_all_finds(max_distance: int) -> None:
    rng = np.random.default_rng(1)
    hashes = np.unique(np.concatenate([clustered(5000, rng), uniform(5000, rng)]))
    # A band that a third of all share is cut into many tiles.
    hashes = np.unique(np.concatenate([hashes, uniform(5000, rng) >> np.uint64(14)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity_join, "_pays", lambda *_, **__: False)
        expected = near_pairs(hashes, max_distance)
        patch.setattr(similarity_join, "_pays", lambda *_, **__: True)
        found = [near_pairs(hashes, max_distance), cross_pairs(hashes, hashes, max_distance)]
    assert expected.shape[1] > 20
    assert np.array_equal(found[0], expected)
    ascending = found[1][:, found[1][0] < found[1][1]]
    assert np.array_equal(ascending, expected)
    assert found[1].shape[1] == 2 * expected.shape[1] + len(hashes)


def test_equal_hashes_of_two_sets_all_meet() -> None:
    a, b = np.array([7, 0, 7], np.uint64), np.array([6, 7, 7], np.uint64)
    expected = [[0, 0, 1], [0, 1, 0], [0, 2, 0], [2, 0, 1], [2, 1, 0], [2, 2, 0]]
    assert cross_pairs(a, b, 1).T.tolist() == expected


def test_two_large_sets_of_equal_hashes_are_refused_before_they_are_listed() -> None:
    with pytest.raises(TooManyPairs, match="Choose a smaller distance"):
        cross_pairs(np.zeros(100_000, np.uint64), np.zeros(100_000, np.uint64), 0)


def test_any_radius_is_taken() -> None:
    hashes = np.array([0, 1, 2**64 - 1], dtype=np.uint64)
    assert [near_pairs(hashes, radius).shape[1] for radius in (0, 1, 62, 63, 64)] == [0, 1, 1, 2, 3]


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity_join, "MOST_PAIRS", 10)
    monkeypatch.setattr(tiled_join, "BLOCK", 64)
    with pytest.raises(TooManyPairs, match="Choose a smaller distance"):
        near_pairs(np.arange(100, dtype=np.uint64), 10)


def test_portions_end_where_one_hash_alone_has_too_many_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similarity_join, "MOST_PAIRS", 10)
    with pytest.raises(TooManyPairs):
        list(cross_portions(np.zeros(2, np.uint64), np.arange(16, dtype=np.uint64), 64))


def test_other_errors_are_not_retried_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def broken(*arguments: object) -> None:
        calls.append(arguments)
        raise ValueError("a fault")

    monkeypatch.setattr(similarity_join, "cross_pairs", broken)
    with pytest.raises(ValueError, match="a fault"):
        list(cross_portions(np.zeros(8, np.uint64), np.zeros(8, np.uint64), 1))
    assert len(calls) == 1


def test_portions_of_many_pairs_become_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = np.arange(40, dtype=np.uint64), np.arange(60, dtype=np.uint64)
    expected = cross_pairs(a, b, 3)
    monkeypatch.setattr(similarity_join, "MOST_PAIRS", 200)
    monkeypatch.setattr(similarity_join, "ROWS", 30)
    with pytest.raises(TooManyPairs, match="Choose a smaller distance"):
        cross_pairs(a, b, 3)
    portions = list(cross_portions(a, b, 3))
    assert all(portion.shape[1] <= 200 for portion in portions)
    assert np.array_equal(np.concatenate(portions, axis=1), expected)
