"""Changes of colours, told by the statistics of two pictures."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image as PillowImage
from PIL import ImageEnhance, ImageOps

from demo.alterations import SEPIA
from gallery.comparing.colour_statistics import ColourStatistics
from tests.pictures import encoded, photo

Change = Callable[[PillowImage.Image], PillowImage.Image]

CHANGES: dict[str, Change] = {
    "in black and white": ImageOps.grayscale,
    "in sepia": lambda picture: picture.convert("RGB", SEPIA),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.3),
    "darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.7),
    "": ImageOps.mirror,
}
BACK = {
    "in black and white": "in colour",
    "in sepia": "in colour",
    "brighter": "darker",
    "darker": "brighter",
    "": "",
}


def compressed(picture: PillowImage.Image) -> PillowImage.Image:
    return PillowImage.open(BytesIO(encoded(picture, "WEBP", quality=60)))


@pytest.mark.parametrize("words", CHANGES)
@pytest.mark.parametrize("seed", range(3))
def test_what_was_done_is_said_both_ways(words: str, seed: int) -> None:
    original = ColourStatistics.of(compressed(photo(seed)))
    changed = ColourStatistics.of(compressed(CHANGES[words](photo(seed))))
    assert original.change(changed) == words
    assert changed.change(original) == BACK[words]


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (3, 2)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_tiny_and_plain_pictures_change_in_nothing(size: tuple[int, int], mode: str) -> None:
    tones = ColourStatistics.of(PillowImage.new(mode, size))
    assert tones.change(tones) == ""
