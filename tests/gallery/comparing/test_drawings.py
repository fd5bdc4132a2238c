"""How a picture is drawn beside another one."""

import re

import numpy as np
import pytest
from PIL import Image as PillowImage

from gallery.comparing.drawings import Drawing
from gallery.models import Image
from hashing.fingerprints.dihedral import Turn


@pytest.mark.parametrize("turn", Turn)
def test_the_matrix_moves_pixels_as_the_turn_does(turn: Turn) -> None:
    width, height = 5, 3
    pixels = PillowImage.fromarray(np.arange(15, dtype=np.uint8).reshape(height, width))
    drawing = Drawing(Image(width=width, height=height), turn)
    a, b, c, d, e, f = map(int, re.findall(r"-?\d+", drawing.transform))
    moved = np.asarray(turn.applied_to(pixels))
    assert drawing.size == moved.shape[::-1]
    for number in range(15):
        x, y = number % width + 0.5, number // width + 0.5
        assert moved[int(b * x + d * y + f), int(a * x + c * y + e)] == number


@pytest.mark.parametrize("turn", Turn)
def test_what_is_inside_turns_with_the_picture(turn: Turn) -> None:
    pixels = PillowImage.new("L", (9, 7))
    pixels.paste(255, (1, 2, 5, 4))
    drawing = Drawing(Image(width=9, height=7), turn, (1, 2, 5, 4))
    assert drawing.inside == turn.applied_to(pixels).getbbox()


def test_bars_are_the_picture_with_a_hole() -> None:
    drawing = Drawing(Image(width=9, height=7), kept=(1, 2, 5, 4))
    assert drawing.bars == "M0 0H9V7H0ZM1 2V4H5V2Z"
    assert drawing.note == "cropped parts hatched"


def test_a_plain_picture_of_unknown_size_has_nothing_to_draw() -> None:
    drawing = Drawing(Image())
    assert drawing.is_plain
    assert (drawing.size, drawing.inside, drawing.bars, drawing.note) == ((0, 0), (0,) * 4, "", "")
