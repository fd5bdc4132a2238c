"""Transparent pictures are laid on a ground on which they can be seen."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hashing.pictures.transparency import flattened


def logo(colour: str, mode: str = "RGBA") -> Image.Image:
    """Return a disc of `colour` on transparent ground."""
    image = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((100, 20, 260, 180), fill=colour)
    return image.convert(mode)


def corner(image: Image.Image) -> tuple[int, ...]:
    pixel = flattened(image).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel


@pytest.mark.parametrize("colour", ["white", "#fdfdfd"])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_a_white_picture_is_laid_on_black(colour: str, mode: str) -> None:
    assert corner(logo(colour, mode)) == (0, 0, 0)


@pytest.mark.parametrize("colour", ["black", "red", "yellow", "#e8e8e8"])
def test_a_picture_that_can_be_seen_on_white_is_laid_on_it(colour: str) -> None:
    assert corner(logo(colour)) == (255, 255, 255)


def test_nothing_to_see_is_white() -> None:
    assert corner(Image.new("RGBA", (50, 50), (255, 255, 255, 0))) == (255, 255, 255)
    assert corner(Image.new("RGBA", (50, 50), "white")) == (255, 255, 255)


def test_a_large_picture_is_laid_on_one_ground_throughout() -> None:
    tall = logo("white").resize((400, 2000))
    flat = np.asarray(flattened(tall))
    assert (flat[[0, 600, 1999], 0] == 0).all()
    assert flat[1000, 180].tolist() == [255, 255, 255]
