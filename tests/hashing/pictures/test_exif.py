"""Metadata: where the edges of a picture are once it is upright."""

import numpy as np
import pytest
from PIL import Image

from hashing.pictures.exif import upright, upright_extent


@pytest.mark.parametrize("orientation", range(1, 9))
def test_extent_turns_with_the_picture(orientation: int) -> None:
    pixels = np.zeros((20, 30), dtype=np.uint8)
    extent = (1, 2, 27, 16)
    pixels[2:16, 1:27] = 255
    turned = upright(Image.fromarray(pixels), orientation)
    assert turned.getbbox() == upright_extent(extent, (30, 20), orientation)
