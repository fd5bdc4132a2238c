import numpy as np
import pytest
from PIL import Image as PillowImage

from gallery.comparing.pixel_differences import EQUAL, PixelDifference
from tests.pictures import photo


def plain(level: int, size: tuple[int, int] = (10, 10)) -> PillowImage.Image:
    return PillowImage.new("RGB", size, (level,) * 3)


def test_of_known_pixels() -> None:
    second = plain(0)
    second.paste((255, 255, 255), (0, 0, 10, 1))  # a tenth of it
    found = PixelDifference.of(plain(0), second)
    assert found.mean == pytest.approx(10)
    assert found.equal == pytest.approx(90)
    assert found.sentence == "mean difference 10.0 %, 90 % of pixels equal"


def test_order_does_not_matter() -> None:
    forth = PixelDifference.of(photo(1), photo(2)).levels
    assert np.array_equal(forth, PixelDifference.of(photo(2), photo(1)).levels)


@pytest.mark.parametrize(("step", "equal"), [(EQUAL, 100), (EQUAL + 1, 0)])
def test_small_steps_are_equal(step: int, equal: float) -> None:
    assert PixelDifference.of(plain(100), plain(100 + step)).equal == equal


def test_one_pixel_of_many_is_told() -> None:
    second = plain(0, (40, 40))
    second.putpixel((3, 3), (200, 0, 0))
    assert "more than 99 % of pixels" in PixelDifference.of(plain(0, (40, 40)), second).sentence


@pytest.mark.parametrize(("gain", "level"), [(1, 20), (4, 80), (16, 255)])
def test_gain(gain: int, level: int) -> None:
    drawn = PixelDifference.of(plain(100), plain(120)).picture(gain)
    assert drawn.getpixel((5, 5)) == (level,) * 3


@pytest.mark.parametrize("other", [(5, 5), (40, 40), (20, 10), (1, 300)])
def test_in_the_proportions_of_the_first(other: tuple[int, int]) -> None:
    found = PixelDifference.of(plain(50, (20, 20)), plain(50, other))
    height, width, _ = found.levels.shape
    assert height == width == min(20, *other)
    assert found.mean == 0
