"""Parts are found and located, and different pictures share none."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from hashing.keypoints import (
    KeypointIndex,
    Keypoints,
    Part,
    Quadrilateral,
    Relation,
    StoredPicture,
    find_parts,
)
from hashing.pictures import Preview
from tests.pictures import photo

SIZE = 640, 480
STRANGERS = 8


@cache
def scene(seed: int) -> Image.Image:
    """Return a picture of a hundred things, with edges and corners as photographs have them."""
    rng = np.random.default_rng(seed)
    picture = photo(seed, SIZE)
    draw = ImageDraw.Draw(picture)
    for number in range(100):
        middle, size = rng.uniform(0, SIZE), rng.uniform(10, 130 - number)
        colour = tuple(rng.integers(0, 256, 3).tolist())
        if number % 3:
            corners = middle + rng.uniform(-size, size, (int(rng.integers(3, 6)), 2))
            draw.polygon([tuple(corner) for corner in corners.tolist()], fill=colour)
        else:
            radii = rng.uniform(3, size, 2)
            draw.ellipse([*(middle - radii).tolist(), *(middle + radii).tolist()], fill=colour)
    return picture


@cache
def stored(seed: int) -> StoredPicture:
    picture = scene(seed)
    return StoredPicture(Keypoints.of(picture).to_bytes(), Preview.of(picture).to_bytes())


@cache
def index() -> KeypointIndex:
    return KeypointIndex.build(
        (seed, Keypoints.from_bytes(stored(seed).keypoints)) for seed in range(STRANGERS)
    )


def fetch(keys: Sequence[int]) -> dict[int, StoredPicture]:
    return {key: stored(key) for key in keys}


def parts_of(picture: Image.Image) -> list[Part]:
    return find_parts(Keypoints.of(picture), Preview.of(picture), index(), fetch)


def only_part(picture: Image.Image, key: int) -> Part:
    (part,) = parts_of(picture)
    assert part.key == key
    return part


def furthest(place: Quadrilateral, expected: Sequence[tuple[float, float]]) -> float:
    return float(np.abs(np.array(place) - np.array(expected)).max())


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


WHOLE = box(0, 0, 1, 1)


@given(
    seed=st.integers(0, STRANGERS - 1),
    side=st.floats(0.5, 0.8),
    left=st.floats(0, 1),
    top=st.floats(0, 1),
)
@settings(max_examples=15, deadline=None)
def test_a_crop_is_a_part_and_located(seed, side, left, top):
    left, top = left * (1 - side), top * (1 - side)
    corners = box(left, top, left + side, top + side)
    pixels = [round(value * SIZE[place % 2]) for place, value in enumerate(corners[0] + corners[2])]
    part = only_part(scene(seed).crop(pixels), seed)
    assert part.relation == Relation.PART_OF
    assert furthest(part.place, WHOLE) < 0.02
    assert furthest(part.other_place, corners) < 0.02
    assert part.scale == pytest.approx(side, abs=0.02)
    assert abs(part.angle) < 1


@given(seed=st.integers(0, STRANGERS - 1), angle=st.sampled_from([-90, -15, -5, 8, 45, 180]))
@settings(max_examples=8, deadline=None)
def test_a_turned_crop_is_found_with_its_angle(seed, angle):
    turned = scene(seed).rotate(-angle, resample=Image.Resampling.BICUBIC)
    part = only_part(turned.crop((170, 120, 470, 360)), seed)
    off = (part.angle + angle + 180) % 360 - 180
    assert abs(off) < 1.5


def test_a_mirrored_crop_says_so():
    crop = ImageOps.mirror(scene(3)).crop((0, 0, 400, 300))
    part = only_part(crop, 3)
    assert (part.relation, part.is_mirrored, part.is_negative) == (Relation.PART_OF, True, False)
    assert furthest(part.other_place, [(1, 0), (0.375, 0), (0.375, 0.625), (1, 0.625)]) < 0.02


def test_a_negative_says_so():
    part = only_part(ImageOps.invert(scene(4)), 4)
    assert (part.relation, part.is_mirrored, part.is_negative) == (Relation.WHOLE, False, True)


def page(size: tuple[int, int]) -> Image.Image:
    """Return a screen with things of its own on it."""
    screen = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(screen)
    for line in range(12):
        draw.text((20, 20 + 60 * line), "all that a stranger wrote about it", "black", font_size=24)
    return screen


def test_a_screenshot_contains_the_picture_in_it():
    screen = page((540, 960))
    screen.paste(scene(2).resize((480, 360)), (30, 300))
    part = only_part(screen, 2)
    assert part.relation == Relation.CONTAINS
    assert furthest(part.other_place, WHOLE) < 0.02
    assert furthest(part.place, box(30 / 540, 300 / 960, 510 / 540, 660 / 960)) < 0.02


def test_a_card_that_shows_the_middle_of_a_picture_overlaps_it():
    card = page((540, 480))
    card.paste(scene(2).crop((0, 100, 640, 380)).resize((480, 210)), (30, 200))
    part = only_part(card, 2)
    assert part.relation == Relation.OVERLAPS
    assert furthest(part.other_place, box(0, 100 / 480, 1, 380 / 480)) < 0.04
    assert furthest(part.place, box(30 / 540, 200 / 480, 510 / 540, 410 / 480)) < 0.04


def test_a_collage_contains_each_of_its_pictures():
    collage = Image.new("RGB", (980, 740), "white")
    for number in range(4):
        place = 10 + 485 * (number % 2), 10 + 365 * (number // 2)
        collage.paste(scene(number).resize((475, 355)), place)
    parts = parts_of(collage)
    assert {part.key for part in parts} == {0, 1, 2, 3}
    assert {part.relation for part in parts} == {Relation.CONTAINS}


def test_a_photographed_screen_is_located_with_its_perspective():
    corners = [(60, 50), (560, 20), (600, 450), (30, 420)]
    target = Image.new("RGB", SIZE, (40, 44, 48))
    seen = scene(5).transform(
        SIZE, Image.Transform.PERSPECTIVE, perspective(corners), Image.Resampling.BICUBIC
    )
    shape = Image.new("L", SIZE)
    ImageDraw.Draw(shape).polygon(corners, fill=255)
    target.paste(seen, mask=shape)
    ImageDraw.Draw(target).text((200, 455), "SCREEN", "white", font_size=20)
    part = parts_of(target)[0]
    assert part.key == 5
    expected = [(x / SIZE[0], y / SIZE[1]) for x, y in corners]
    assert furthest(part.place, expected) < 0.03


def perspective(corners: list[tuple[int, int]]) -> list[float]:
    """Return Pillow's coefficients of the map from a screen with these corners to its picture."""
    rows, values = [], []
    targets = [(0, 0), (SIZE[0], 0), SIZE, (0, SIZE[1])]
    for (x, y), (u, v) in zip(corners, targets, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float)).tolist()


@pytest.mark.parametrize("seed", range(50, 56))
def test_different_pictures_share_no_part(seed):
    assert parts_of(scene(seed)) == []


@pytest.mark.parametrize(
    "dress",
    [
        lambda picture: framed(picture, 40),
        lambda picture: screenshot(picture),
    ],
    ids=["the same bars", "the same interface"],
)
def test_different_pictures_with_the_same_surroundings_share_no_part(
    dress: Callable[[Image.Image], Image.Image],
):
    pictures = [dress(scene(seed)) for seed in range(60, 64)]
    shelf = {
        key: StoredPicture(Keypoints.of(one).to_bytes(), Preview.of(one).to_bytes())
        for key, one in enumerate(pictures)
    }
    screens = KeypointIndex.build(
        (key, Keypoints.from_bytes(one.keypoints)) for key, one in shelf.items()
    )
    for number, one in enumerate(pictures):
        found = find_parts(
            Keypoints.of(one),
            Preview.of(one),
            screens,
            lambda keys, own=number: {key: shelf[key] for key in keys if key != own},
        )
        assert found == []


def framed(picture: Image.Image, bar: int) -> Image.Image:
    meme = ImageOps.expand(picture, border=bar, fill="black")
    draw = ImageDraw.Draw(meme)
    draw.text((360, 2), "WHEN YOU SEE IT", "white", font_size=30, anchor="ma")
    draw.text((360, 525), "YOU SEE IT", "white", font_size=30, anchor="ma")
    return meme


def screenshot(picture: Image.Image) -> Image.Image:
    screen = page((540, 960))
    screen.paste(picture.resize((540, 405)), (0, 300))
    return screen


def test_pictures_that_cannot_be_read_or_are_gone_are_passed_over():
    crop = scene(1).crop((0, 0, 400, 300))
    query = Keypoints.of(crop), Preview.of(crop)
    assert find_parts(*query, index(), lambda keys: {}) == []
    damaged = StoredPicture(b"?" + stored(1).keypoints[1:], stored(1).preview)
    assert find_parts(*query, index(), lambda keys: {1: damaged}) == []
    unseen = StoredPicture(stored(1).keypoints, b"?")
    assert find_parts(*query, index(), lambda keys: {1: unseen}) == []


def test_a_flat_picture_shares_nothing():
    assert parts_of(Image.new("RGB", SIZE, "olive")) == []


def test_copies_of_one_picture_of_a_collage_do_not_crowd_out_the_others() -> None:
    """The first has thirteen copies, more than are compared."""
    collage = Image.new("RGB", (2 * 640, 480), "white")
    collage.paste(scene(0), (0, 0))
    collage.paste(scene(1).resize((480, 360)), (700, 60))
    seeds = dict.fromkeys(range(13), 0) | {13: 1}
    copies = KeypointIndex.build(
        (key, Keypoints.from_bytes(stored(seed).keypoints)) for key, seed in seeds.items()
    )
    parts = find_parts(
        Keypoints.of(collage),
        Preview.of(collage),
        copies,
        lambda keys: {key: stored(seeds[key]) for key in keys},
    )
    assert 13 in {part.key for part in parts}
