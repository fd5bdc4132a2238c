"""A placement recovers where one picture lies on another one, among wrong correspondences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashing.keypoints.keypoints import Keypoints
from hashing.keypoints.placement import applied, correspondences, fitted, placement
from hashing.keypoints.projection import Projection, projected
from tests.pictures import photo


def made_up(points: np.ndarray, angle: np.ndarray, level: np.ndarray, hashes) -> Keypoints:
    return Keypoints(
        256,
        256,
        np.rint(points.real / 256 * 65535).astype(np.uint16),
        np.rint(points.imag / 256 * 65535).astype(np.uint16),
        angle.astype(np.uint8),
        level.astype(np.uint8),
        hashes,
        np.zeros(len(points), dtype=np.uint32),
    )


@given(
    seed=st.integers(0, 1000),
    angle=st.integers(0, 255),
    steps=st.integers(-2, 2),
    wrong=st.integers(0, 28),
)
@settings(max_examples=40, deadline=None)
def test_a_similarity_is_recovered_among_wrong_correspondences(seed, angle, steps, wrong):
    rng = np.random.default_rng(seed)
    turn = 0.5 * 1.25**steps * np.exp(2j * np.pi * angle / 256)
    source = rng.uniform(40, 216, 40) + 1j * rng.uniform(40, 216, 40)
    target = turn * (source - 128 - 128j) + 128 + 128j
    target[:wrong] = rng.uniform(0, 255, wrong) + 1j * rng.uniform(0, 255, wrong)
    hashes = rng.integers(0, 2**64, 40, dtype=np.uint64)
    angles, levels = rng.integers(0, 256, 40), np.full(40, 6)
    scale = np.log(abs(turn)) / np.log(1.25)
    first = made_up(source, angles, levels, hashes)
    second = made_up(target, angles + angle, levels + round(scale), hashes)
    found = placement(first, second, correspondences(first, second))
    assert found is not None
    assert found.inliers >= 0.8 * (40 - wrong)  # neighbours count once
    expected = turn * (64 + 32j - 128 - 128j) + 128 + 128j
    x, y = projected(found.projection, 64 / 256, 32 / 256)
    assert abs(complex(256 * x, 256 * y) - expected) < 3


def test_different_pictures_have_few_keypoints_that_agree():
    for seed in range(6):
        first, second = (Keypoints.of(photo(number, (480, 360))) for number in (seed, seed + 100))
        found = placement(first, second, correspondences(first, second))
        assert found is None or found.inliers < 8


def test_pictures_without_keypoints_have_no_correspondences():
    some = Keypoints.of(photo(1, (480, 360)))
    assert len(correspondences(some, some.first(0)).first) == 0
    assert placement(some, some.first(0), correspondences(some, some.first(0))) is None


@pytest.mark.parametrize("count", [3, 4, 12])
def test_a_fit_takes_points_where_they_belong(count):
    rng = np.random.default_rng(count)
    source = rng.uniform(0, 200, count) + 1j * rng.uniform(0, 200, count)
    target = (0.6 + 0.2j) * source + 5 - 3j
    assert np.abs(applied(fitted(source, target), source) - target).max() < 1e-6


def test_a_projection_takes_the_corners_of_a_trapezium():
    projection: Projection = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.5, 1.0]])
    assert projected(projection, 1.0, 1.0) == pytest.approx((2 / 3, 2 / 3))
