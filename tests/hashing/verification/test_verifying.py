"""Looking at two pictures says whether one is a copy of the other, and where they differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from hashing.fingerprints import Alignment, Framing, Turn
from hashing.pictures import Preview
from hashing.verification import Change, Kind, Region, Verification, verify
from tests.hashing.verification.drawn import (
    as_jpeg,
    form,
    larger,
    night_sky,
    preview,
    scene,
    shirt,
)

seeds = st.integers(0, 10_000)
few = settings(max_examples=12, deadline=None)


def looked(first: Image.Image, second: Image.Image, hint: Alignment | None = None) -> Verification:
    return verify(preview(first), preview(second), hint)


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Return the share of `b` that `a` covers."""
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return width * height / ((b[2] - b[0]) * (b[3] - b[1]))


@few
@given(seeds, st.integers(40, 95))
def test_another_quality_is_a_copy(seed: int, quality: int) -> None:
    image = scene(seed)
    found = looked(image, as_jpeg(image, quality))
    assert found.kind == Kind.COPY
    assert not found.boxes


@few
@given(seeds, st.floats(0.25, 4))
def test_another_size_is_a_copy(seed: int, factor: float) -> None:
    image = scene(seed)
    size = (round(640 * factor), round(480 * factor))
    assert looked(image, image.resize(size, Image.Resampling.LANCZOS)).kind == Kind.COPY


@pytest.mark.parametrize("turn", list(Turn))
def test_a_turned_picture_is_a_copy_in_that_turn(turn: Turn) -> None:
    image = scene(2)
    found = looked(image, turn.applied_to(image), Alignment(0, turn))
    assert found.kind == Kind.COPY
    assert found.alignment.turn == turn
    assert abs(found.alignment.angle) < 0.2


@few
@given(seeds, st.integers(14, 60), st.sampled_from(["black", "white", "firebrick"]))
def test_a_framed_picture_is_a_copy_with_a_frame(seed: int, width: int, colour: str) -> None:
    image = scene(seed)
    hint = Alignment(0, Turn.UPRIGHT, Framing.WHOLE, Framing.UNFRAMED)
    found = looked(image, ImageOps.expand(image, width, colour), hint)
    assert found.kind == Kind.COPY
    assert Change.FRAMED in {one.change for one in found.changes}


@few
@given(seeds, seeds, st.floats(0.03, 0.1), st.floats(0, 1), st.floats(0, 1))
def test_another_content_in_a_place_is_boxed(
    seed: int, other: int, share: float, across: float, down: float
) -> None:
    image, painted = scene(seed), scene(seed)
    width, height = round(640 * share**0.5), round(480 * share**0.5)
    left, top = round(across * (640 - width)), round(down * (480 - height))
    painted.paste(ImageOps.invert(scene(other, (width, height))), (left, top))
    found = looked(image, as_jpeg(painted, 80))
    place = (left / 640, top / 480, (left + width) / 640, (top + height) / 480)
    assert found.kind == Kind.ALTERED
    assert max(overlap(box.second, place) for box in found.boxes) > 0.4


@few
@given(seeds)
def test_two_different_pictures_are_never_copies(seed: int) -> None:
    found = looked(scene(seed), scene(seed + 1))
    assert found.kind == Kind.DIFFERENT
    assert not found.boxes
    assert not found.changes


@few
@given(seeds, st.floats(-3, 3), st.floats(0.75, 1.25))
def test_it_is_the_same_from_the_other_side(seed: int, angle: float, light: float) -> None:
    image = scene(seed)
    other = image.rotate(angle, Image.Resampling.BICUBIC).crop((50, 40, 580, 430))
    other = preview(ImageEnhance.Brightness(other).enhance(light))
    there, back = verify(preview(image), other), verify(other, preview(image))
    assert there.kind == back.kind
    assert there.boxes == tuple(Region(box.second, box.first) for box in back.boxes)
    assert np.allclose(there.alignment.map.matrix, back.alignment.map.inverse.matrix)
    assert [one.inverse.change for one in there.changes] == [one.change for one in back.changes]


def test_a_crop_is_named_with_its_rectangle() -> None:
    image = scene(5)
    found = looked(image, image.crop((64, 48, 576, 432)))
    (amount,) = [one.amount for one in found.changes if one.change == Change.CROPPED]
    assert found.kind == Kind.COPY
    assert abs(amount - 0.36) < 0.02
    assert np.allclose(found.alignment.shared, (0.1, 0.1, 0.9, 0.9), atol=0.01)


def test_an_angle_is_named_clockwise() -> None:
    image = scene(6)
    tilted = image.rotate(-2.5, Image.Resampling.BICUBIC).crop((30, 30, 610, 450))
    found = looked(image, tilted)
    (amount,) = [one.amount for one in found.changes if one.change == Change.TURNED]
    assert abs(amount - 2.5) < 0.15


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (lambda image: ImageEnhance.Brightness(image).enhance(0.7), Change.DARKER),
        (lambda image: ImageEnhance.Contrast(image).enhance(0.6), Change.LESS_CONTRAST),
        (lambda image: ImageEnhance.Color(image).enhance(0.5), Change.PALER),
        (lambda image: ImageOps.grayscale(image), Change.GREY),
        (lambda image: image.resize((500, 480)), Change.NARROWED),
        (ImageOps.mirror, Change.MIRRORED),
    ],
)
def test_a_change_of_the_whole_picture_is_named(edit, change: Change) -> None:
    image = scene(7)
    turn = Turn.MIRRORED if change == Change.MIRRORED else Turn.UPRIGHT
    found = looked(image, edit(image), Alignment(0, turn))
    assert found.kind == Kind.COPY
    assert change in {one.change for one in found.changes}


def test_neighbouring_hues_are_told_from_saturation_and_quality() -> None:
    red = shirt(10)
    assert looked(red, shirt(24)).kind == Kind.ALTERED
    assert looked(red, ImageEnhance.Color(red).enhance(0.7)).kind == Kind.COPY
    assert looked(red, as_jpeg(red, 50)).kind == Kind.COPY


def test_another_name_on_a_form_is_altered() -> None:
    assert looked(form("Maria Stone", "1.6.2018"), form("Peter Low", "1.6.2018")).boxes


def test_small_print_is_told_by_looking_closer() -> None:
    pair = form("Maria Stone", "1.6.2018"), form("Maria Stone", "1.9.2023")
    asked: list[int] = []

    def closer() -> tuple[Preview, Preview]:
        asked.append(1)
        return larger(pair[0]), larger(pair[1])

    found = verify(preview(pair[0]), preview(pair[1]), None, closer)
    assert found.kind == Kind.ALTERED
    left, top, right, bottom = found.boxes[0].first
    assert 0.11 < left < right < 0.24
    assert 0.84 < top < bottom < 0.91


def test_larger_copies_are_not_asked_for_where_they_change_nothing() -> None:
    def closer() -> None:
        raise AssertionError("asked")

    for seed in range(3):
        assert verify(preview(scene(seed)), preview(scene(seed)), None, closer).kind == Kind.COPY
        verify(preview(scene(seed)), preview(scene(seed + 50)), None, closer)


def test_stars_are_compared_in_larger_copies() -> None:
    def seen(first: Image.Image, second: Image.Image) -> Kind:
        return verify(
            preview(first), preview(second), None, lambda: (larger(first), larger(second))
        ).kind

    sky = night_sky(1)
    assert seen(sky, as_jpeg(sky, 60)) == Kind.COPY
    assert seen(sky, night_sky(2)) != Kind.COPY


@pytest.mark.parametrize("size", [(1, 1), (640, 3), (320, 240)])
def test_pictures_of_one_colour_cannot_be_verified(size: tuple[int, int]) -> None:
    fog = Image.new("RGB", size, "silver")
    assert looked(fog, fog).kind != Kind.COPY
