"""Previews keep shape and colours, stay small, and survive being stored."""

import numpy as np
import pytest
from PIL import Image

from hashing.pictures import Preview


def gradient(width: int, height: int) -> Image.Image:
    across = np.linspace(0, 255, width)[None, :, None]
    down = np.linspace(0, 255, height)[:, None, None]
    pixels = np.concatenate(np.broadcast_arrays(across, down, (across + down) / 2), axis=2)
    return Image.fromarray(pixels.astype(np.uint8))


@pytest.mark.parametrize(("size", "shape"), [((800, 400), (88, 176, 3)), ((20, 10), (10, 20, 3))])
def test_a_preview_has_a_bounded_long_side_and_is_never_enlarged(size, shape):
    assert Preview.of(gradient(*size)).pixels.shape == shape


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA"])
def test_a_preview_is_made_of_a_picture_in_any_mode(mode):
    assert Preview.of(gradient(300, 200).convert(mode)).pixels.shape == (117, 176, 3)


def test_a_stored_preview_shows_the_same_colours():
    preview = Preview.of(gradient(800, 600))
    data = preview.to_bytes()
    again = Preview.from_bytes(data)
    assert len(data) < 4000
    assert np.abs(again.pixels.astype(int) - preview.pixels).mean() < 3


def test_damaged_bytes_are_refused():
    with pytest.raises(OSError, match="cannot identify"):
        Preview.from_bytes(b"no picture")
