"""Maps between pictures can be composed, inverted and linearised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashing.keypoints.projection import (
    MIRROR,
    Area,
    area_of,
    composed,
    corners,
    inverse,
    linearised,
    mapped,
    projected,
)

NUMBERS = st.floats(-0.3, 0.3)
MAPS = st.lists(NUMBERS, min_size=8, max_size=8).map(
    lambda values: np.eye(3) + np.array([*values, 0.0]).reshape(3, 3) * [[1, 1, 1]] * 0.8
)
SHARES = st.floats(0, 1)


@given(MAPS, SHARES, SHARES)
def test_an_inverse_takes_places_back(projection, x, y):
    assert projected(inverse(projection), *projected(projection, x, y)) == pytest.approx(
        (x, y), abs=1e-6
    )


@given(MAPS, MAPS, SHARES, SHARES)
def test_a_composition_is_one_after_the_other(first, second, x, y):
    expected = projected(second, *projected(first, x, y))
    assert projected(composed(second, first), x, y) == pytest.approx(expected, abs=1e-6)


@given(MAPS, SHARES, SHARES)
def test_a_linearised_map_touches_the_map(projection, x, y):
    affine = linearised(projection, x, y)
    assert affine[2].tolist() == [0, 0, 1]
    for shift in ((0.0, 0.0), (1e-4, 0.0), (0.0, 1e-4)):
        place = x + shift[0], y + shift[1]
        assert projected(affine, *place) == pytest.approx(projected(projection, *place), abs=1e-6)


def test_mirroring_keeps_the_area_and_swaps_left_and_right():
    place = mapped(MIRROR, corners(Area(0.1, 0.2, 0.4, 0.8)))
    assert place[0] == (0.9, 0.2)
    assert area_of(place) == pytest.approx(0.18)
