"""Collages, screenshots and crops: they show their sources, which keypoints locate in them."""

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from demo.collection import DemoPicture, demo_pictures
from demo.compositions import COMPOSITIONS, collage, quarter, screenshot
from hashing.keypoints import KeypointIndex, Keypoints, Part, Relation, StoredPicture, find_parts
from hashing.pictures import Preview, decode

Box = tuple[float, float, float, float]

# The left, top, right and bottom of each source in the composition that contains it, in pixels.
PLACES: dict[tuple[str, str], Box] = {
    ("four-journeys.jpg", "first-light-on-the-range.jpg"): (24, 24, 744, 504),
    ("four-journeys.jpg", "still-lake.jpg"): (768, 24, 1488, 504),
    ("four-journeys.jpg", "harbour-at-dusk.jpg"): (24, 528, 744, 1008),
    ("four-journeys.jpg", "balloons-in-the-morning.jpg"): (768, 528, 1488, 1008),
    ("snow-on-a-phone.jpg", "cabin-in-the-snow.jpg"): (0, 170, 780, 1145),
}
# Of the long side of a picture.
TOLERANCE = 0.03


class Stored(NamedTuple):
    """What a gallery keeps of a picture to find parts of it."""

    keypoints: Keypoints
    preview: Preview


@pytest.fixture(scope="module")
def files(drawn: Callable[[DemoPicture], bytes]) -> dict[str, bytes]:
    """The bytes of compositions and of their sources, by file name."""
    needed = {name for each in COMPOSITIONS for name in (each.file_name, *each.sources)}
    return {p.file_name: drawn(p) for p in demo_pictures() if p.file_name in needed}


def stored(data: bytes) -> Stored:
    picture = decode(BytesIO(data))
    return Stored(Keypoints.of(picture.gray), Preview.of(picture.image))


def part_of(composition: Stored, source: Stored) -> Part:
    """Return the part that a composition shares with the only picture that it is compared with."""
    index = KeypointIndex(10)
    index.add(1, source.keypoints)
    row = StoredPicture(source.keypoints.to_bytes(), source.preview.to_bytes())
    (part,) = find_parts(*composition, index, lambda keys: dict.fromkeys(keys, row))
    return part


def corners(box: Box, size: tuple[float, float] = (1, 1)) -> np.ndarray:
    """Return the corners of a box in shares of `size`, clockwise from the top left."""
    left, top, right, bottom = box
    points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return np.array(points) / size


@pytest.mark.parametrize(("name", "source"), sorted(PLACES))
def test_sources_are_located(files: dict[str, bytes], name: str, source: str) -> None:
    part = part_of(stored(files[name]), stored(files[source]))
    size = Image.open(BytesIO(files[name])).size
    expected = corners(PLACES[name, source], size)
    assert part.relation == Relation.CONTAINS
    assert np.abs(np.array(part.place) - expected).max() < TOLERANCE


def test_quarter_is_located(files: dict[str, bytes]) -> None:
    name, source = "panes-of-stained-glass.jpg", "stained-glass.jpg"
    part = part_of(stored(files[name]), stored(files[source]))
    expected = corners((0.32, 0.14, 0.82, 0.64))
    assert part.relation == Relation.PART_OF
    assert np.abs(np.array(part.other_place) - expected).max() < TOLERANCE


def test_compositions_are_made_of_pictures_of_the_collection() -> None:
    originals = {picture.file_name for picture in demo_pictures() if picture.original is None}
    assert all(set(composition.sources) <= originals for composition in COMPOSITIONS)
    assert {composition.composed for composition in COMPOSITIONS} == {collage, screenshot, quarter}


def test_collage_shows_each_picture_in_its_own_place() -> None:
    colours = ((200, 0, 0), (0, 200, 0), (0, 0, 200), (90, 90, 0))
    sheet = collage([Image.new("RGB", (90, 60), colour) for colour in colours])
    middles = [(384, 264), (1128, 264), (384, 768), (1128, 768)]
    assert tuple(map(sheet.getpixel, middles)) == colours


def test_screenshot_shows_the_whole_width_of_a_picture() -> None:
    screen = screenshot([Image.new("RGB", (400, 300), (0, 90, 0))])
    shown = np.all(np.asarray(screen) == (0, 90, 0), axis=2)
    assert shown.sum() == 780 * 585
    assert len(np.unique(np.asarray(screen).reshape(-1, 3), axis=0)) > 10  # and an interface


def test_quarter_is_a_quarter_of_the_area() -> None:
    assert quarter([Image.new("RGB", (300, 200))]).size == (150, 100)
