"""Keypoints survive being stored, and those of a mirrored or negative picture follow from them."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from hashing.keypoints import MOST, VERSION, Keypoints
from tests.pictures import photo


@cache
def drawn(seed: int) -> Image.Image:
    return photo(seed, (640, 480))


@cache
def keypoints(seed: int) -> Keypoints:
    return Keypoints.of(drawn(seed))


def test_a_textured_picture_has_as_many_as_it_may_and_a_blob_of_a_few_kilobytes():
    assert len(keypoints(1)) == MOST
    assert len(keypoints(1).to_bytes()) == 15 + 17 * MOST
    assert len(Keypoints.of(drawn(1), most=40)) == 40


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (640, 480), "teal"),
        Image.linear_gradient("L").resize((640, 480)),
        Image.new("L", (20, 300), 90),
        Image.new("L", (1, 1)),
    ],
    ids=["plain", "gradient", "narrow", "one pixel"],
)
def test_a_picture_without_corners_has_no_keypoints(picture):
    none = Keypoints.of(picture)
    assert len(none) == 0
    assert len(Keypoints.from_bytes(none.to_bytes())) == 0


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_keypoints_are_those_of_the_gray_picture_in_any_mode(mode):
    picture = drawn(2).convert(mode)
    gray = Keypoints.of(picture.convert("L"))
    assert (Keypoints.of(picture).hashes == gray.hashes).all()


def assert_same(ours: Keypoints, theirs: Keypoints) -> None:
    assert (ours.width, ours.height) == (theirs.width, theirs.height)
    for name in ("x", "y", "angle", "level", "hashes", "unsure"):
        assert (getattr(ours, name) == getattr(theirs, name)).all()


@given(seed=st.integers(0, 5), most=st.integers(0, MOST))
@settings(max_examples=20, deadline=None)
def test_stored_keypoints_are_the_same_again(seed, most):
    some = keypoints(seed).first(most)
    assert len(some) == most
    assert_same(Keypoints.from_bytes(some.to_bytes()), some)


@given(place=st.integers(1, 15 + 17 * 30 - 1), change=st.integers(1, 255))
@settings(deadline=None)
def test_a_changed_byte_is_noticed(place, change):
    data = bytearray(keypoints(1).first(30).to_bytes())
    data[place] ^= change
    with pytest.raises(ValueError, match="damaged"):
        Keypoints.from_bytes(bytes(data))


@given(length=st.integers(1, 15 + 17 * 30 - 1))
@settings(deadline=None)
def test_keypoints_that_end_too_early_are_refused(length):
    with pytest.raises(ValueError, match="damaged"):
        Keypoints.from_bytes(keypoints(1).first(30).to_bytes()[:length])


def test_another_version_is_refused():
    data = bytes([VERSION + 1]) + keypoints(1).to_bytes()[1:]
    for unknown in (data, b""):
        with pytest.raises(ValueError, match="version"):
            Keypoints.from_bytes(unknown)


def test_mirroring_and_inverting_twice_change_nothing():
    assert_same(keypoints(1).mirrored().mirrored(), keypoints(1))
    assert_same(keypoints(1).negative().negative(), keypoints(1))
    assert_same(keypoints(1).mirrored().negative(), keypoints(1).negative().mirrored())


@given(seed=st.integers(0, 5), is_mirrored=st.booleans(), is_negative=st.booleans())
@settings(max_examples=12, deadline=None)
def test_keypoints_of_a_mirrored_or_negative_picture_follow_from_its_own(
    seed, is_mirrored, is_negative
):
    picture, expected = drawn(seed), keypoints(seed)
    if is_mirrored:
        picture, expected = ImageOps.mirror(picture), expected.mirrored()
    if is_negative:
        picture, expected = ImageOps.invert(picture), expected.negative()
    found = Keypoints.of(picture)
    apart = np.abs(found.points[:, None] - expected.points)
    apart[found.level[:, None] != expected.level] = np.inf
    nearest = apart.argmin(axis=1)
    is_there = apart[np.arange(len(found)), nearest] < 0.5
    differing = np.bitwise_count(found.hashes ^ expected.hashes[nearest])[is_there]
    # Rounding moves a corner by half a pixel, and with it a sign here and there.
    assert is_there.mean() > 0.8
    assert np.mean(differing) < 4
    assert np.mean(differing <= 6) > 0.8
