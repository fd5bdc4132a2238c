"""Registration finds small movements, also where something was painted over."""

import numpy as np
import pytest
from PIL import Image

from hashing.verification.affine import AffineMap
from hashing.verification.registration import Registration
from tests.hashing.verification.drawn import scene


def gray(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("L").resize((96, 72), Image.Resampling.BOX), dtype=np.float32)


@pytest.mark.parametrize("seed", range(4))
def test_a_crop_is_found(seed: int) -> None:
    image = scene(seed)
    box = (0.03, 0.02, 0.98, 0.96)
    part = image.crop((19, 10, 627, 461))
    found = Registration(gray(part), gray(image)).refined(np.eye(3), 20)
    assert np.allclose(found, AffineMap.into(box).matrix, atol=0.01)


def test_what_was_painted_over_does_not_pull() -> None:
    image = scene(9)
    painted = image.copy()
    painted.paste("white", (0, 0, 200, 200))
    found = Registration(gray(painted), gray(image)).refined(np.eye(3), 10)
    assert np.allclose(found, np.eye(3), atol=0.006)


def test_a_map_that_leaves_the_picture_is_given_up() -> None:
    away = AffineMap(1, 0, 0.9, 0, 1, 0.9).matrix
    registration = Registration(gray(scene(1)), gray(scene(2)))
    assert registration.refined(away, 5) is None
    assert registration.correlation(away) == -1
