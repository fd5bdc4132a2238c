"""Affine maps turn pictures as Pillow does, and can be joined and undone."""

import numpy as np
import pytest

from hashing.fingerprints import Turn
from hashing.verification.affine import AffineMap


@pytest.mark.parametrize("turn", list(Turn))
def test_a_turn_takes_each_pixel_where_pillow_does(turn: Turn) -> None:
    from PIL import Image

    pixels = np.zeros((3, 4), dtype=np.uint8)
    pixels[0, 1] = 255
    turned = np.asarray(turn.applied_to(Image.fromarray(pixels)))
    ((x, y),) = AffineMap.of_turn(turn).applied_to(np.array([(1.5 / 4, 0.5 / 3)]))
    row, column = np.argwhere(turned)[0]
    assert (x, y) == pytest.approx(
        ((column + 0.5) / turned.shape[1], (row + 0.5) / turned.shape[0])
    )


@pytest.mark.parametrize("turn", list(Turn))
def test_the_inverse_of_a_turn_is_the_inverse_map(turn: Turn) -> None:
    both = AffineMap.of_turn(turn).then(AffineMap.of_turn(turn.inverse))
    assert np.allclose(both.matrix, np.eye(3))


def test_a_box_is_mapped_and_cut_to_the_picture() -> None:
    window = AffineMap.into((0.5, 0.5, 1.5, 1.0))
    assert window.bounds() == (0.5, 0.5, 1.0, 1.0)
    assert window.area == pytest.approx(0.5)
