"""Framings find the bars of drawn frames, and only those."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.fingerprints.framings import FramedView, Framing, boxes, views
from tests.hashing.decoded import picture_of
from tests.pictures import photo

SIZE = (320, 240)


def bordered(image: Image.Image, colour: str = "white") -> Image.Image:
    return ImageOps.expand(image, 30, colour)


def letterboxed(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", (image.width, image.height + 100), "black")
    page.paste(image, (0, 50))
    return page


def captioned(image: Image.Image) -> Image.Image:
    page = Image.new("RGB", (image.width, image.height + 60), "white")
    page.paste(image, (0, 60))
    ImageDraw.Draw(page).text((20, 14), "When it is Friday at last", "black", font_size=24)
    return page


def gray_boxes(image: Image.Image) -> dict[Framing, tuple[int, int, int, int]]:
    return boxes(image.convert("L"))


def test_photograph_has_no_frame() -> None:
    assert gray_boxes(photo(1)) == {}


@pytest.mark.parametrize("colour", ["white", "black", "firebrick"])
def test_border_of_any_colour_is_cut_to_the_pixel(colour: str) -> None:
    assert gray_boxes(bordered(photo(1), colour)) == {Framing.UNFRAMED: (30, 30, 350, 270)}


def test_letterbox_is_cut_to_the_pixel() -> None:
    assert gray_boxes(letterboxed(photo(1))) == {Framing.UNFRAMED: (0, 50, 320, 290)}


def test_letterbox_inside_a_border_is_cut_too() -> None:
    framed = bordered(letterboxed(photo(1)))
    assert gray_boxes(framed) == {Framing.UNFRAMED: (30, 80, 350, 320)}


def test_caption_is_cut_only_where_text_may_stand_in_bars() -> None:
    found = gray_boxes(captioned(photo(1)))
    assert set(found) == {Framing.UNFRAMED, Framing.UNCAPTIONED}
    assert found[Framing.UNFRAMED][1] < 30
    assert found[Framing.UNCAPTIONED] == (0, 60, 320, 300)


def test_bars_of_a_large_picture_are_cut_within_a_pixel_of_the_reduced_one() -> None:
    framed = ImageOps.expand(photo(1, (1600, 1200)), 101, "white")
    (box,) = gray_boxes(framed).values()
    assert np.abs(np.subtract(box, (101, 101, 1701, 1301))).max() <= 1402 // 256


@pytest.mark.parametrize("colour", ["white", "gray"])
def test_picture_of_one_colour_has_no_frame(colour: str) -> None:
    assert gray_boxes(Image.new("RGB", SIZE, colour)) == {}


def test_speck_on_plain_ground_is_no_picture_in_a_frame() -> None:
    page = Image.new("RGB", (600, 600), "white")
    page.paste(photo(1, (160, 160)), (200, 200))
    assert gray_boxes(page) == {}


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (3, 2)], ids=str)
def test_tiny_picture_has_no_frame(size: tuple[int, int]) -> None:
    assert gray_boxes(Image.new("RGB", size, "teal")) == {}


def test_views_are_those_that_were_asked_for_and_cut_something() -> None:
    framed = picture_of(bordered(photo(1)))
    assert set(views(framed, list(Framing))) == {Framing.WHOLE, Framing.UNFRAMED}
    assert set(views(framed, [Framing.WHOLE])) == {Framing.WHOLE}
    assert set(views(picture_of(photo(1)), [Framing.UNFRAMED])) == set()


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=lambda algorithm: algorithm.name)
def test_view_inside_the_frame_has_the_hash_of_the_picture_without_it(algorithm: object) -> None:
    view = views(picture_of(bordered(photo(1))), [Framing.UNFRAMED])[Framing.UNFRAMED]
    assert algorithm(view) == algorithm(picture_of(photo(1)))


def test_view_of_a_picture_that_was_reduced_is_cut_from_its_pixels() -> None:
    picture = picture_of(photo(1, (640, 480)))
    view = FramedView(picture, (64, 48, 320, 240))
    assert view.image.size == view.gray.size == (256, 192)
    assert view.is_reduced is picture.is_reduced
