"""Places are connected cells; boxes that lie close together become one."""

import numpy as np

from hashing.verification.regions import MOST_BOXES, merged, places


def test_cells_that_touch_at_corners_are_one_place() -> None:
    mask = np.zeros((6, 8), dtype=bool)
    mask[1, 1] = mask[2, 2] = mask[2, 3] = mask[5, 7] = True
    found = places(mask)
    assert [len(place) for place in found] == [3, 1]
    assert found[0].box(1, 1, 8, 6) == (1 / 8, 1 / 6, 4 / 8, 3 / 6)


def test_near_boxes_are_merged_and_the_biggest_is_first() -> None:
    near = [(0.1, 0.1, 0.2, 0.2), (0.21, 0.1, 0.3, 0.2), (0.5, 0.5, 0.9, 0.9)]
    assert merged(near) == [(0.5, 0.5, 0.9, 0.9), (0.1, 0.1, 0.3, 0.2)]


def test_boxes_are_few() -> None:
    many = [(x / 20, 0.0, x / 20 + 0.01, 0.01) for x in range(20)]
    assert len(merged(many)) == MOST_BOXES
