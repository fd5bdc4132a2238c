"""An index finds copies, follows every change, and never holds more than it may."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from hashing.keypoints import Appearance, KeypointIndex, Keypoints, TooManyPictures
from tests.pictures import photo


@cache
def keypoints(seed: int) -> Keypoints:
    return Keypoints.of(photo(seed, (480, 360)))


def answers(index: KeypointIndex, seed: int) -> list[tuple[int, Appearance, float]]:
    return [
        (key, appearance, round(votes, 6))
        for key, appearance, votes in index.candidates(keypoints(seed), 50)
    ]


@pytest.mark.parametrize(
    ("copy", "appearance"),
    [
        (lambda image: image.crop((100, 60, 420, 300)), Appearance.PLAIN),
        (ImageOps.mirror, Appearance.MIRRORED),
        (ImageOps.invert, Appearance.NEGATIVE),
        (lambda image: ImageOps.invert(ImageOps.mirror(image)), Appearance.MIRRORED_NEGATIVE),
        (lambda image: image.rotate(17, expand=True, fillcolor="white"), Appearance.PLAIN),
        (lambda image: image.transpose(Image.Transpose.ROTATE_90), Appearance.PLAIN),
    ],
    ids=["crop", "mirrored", "negative", "both", "turned", "quarter turn"],
)
def test_a_copy_votes_for_its_original_first(copy, appearance):
    index = KeypointIndex.build((seed, keypoints(seed)) for seed in range(12))
    best = index.candidates(Keypoints.of(copy(photo(7, (480, 360)))), 5)[0]
    assert (best.key, best.appearance) == (7, appearance)


@given(
    st.lists(st.tuples(st.sampled_from(["add", "remove", "ask"]), st.integers(0, 9)), max_size=25)
)
@settings(max_examples=25, deadline=None)
def test_any_changes_leave_what_a_new_index_would_hold(changes):
    index, expected = KeypointIndex(), {}
    for action, key in changes:
        if action == "add":
            expected[key] = key % 4  # several keys for one picture, and new keypoints for a key
            index.add(key, keypoints(key % 4))
        elif action == "remove":
            expected.pop(key, None)
            index.remove(key)
        else:
            index.candidates(keypoints(key % 4), 3)  # merges what was added
    rebuilt = KeypointIndex.build((key, keypoints(seed)) for key, seed in expected.items())
    assert len(index) == len(rebuilt) == len(expected)
    assert all((key in index) == (key in expected) for key in range(10))
    for seed in range(4):
        assert sorted(answers(index, seed), key=str) == sorted(answers(rebuilt, seed), key=str)


def test_new_keypoints_of_a_key_replace_the_old_ones():
    index = KeypointIndex.build([(1, keypoints(1)), (2, keypoints(2))])
    index.add(1, keypoints(3))
    assert 1 not in [key for key, *_ in answers(index, 1)]
    assert answers(index, 3)[0][0] == 1


def test_an_empty_index_and_a_flat_picture_have_no_candidates():
    flat = Keypoints.of(Image.new("L", (300, 300), 128))
    assert KeypointIndex().candidates(keypoints(1), 5) == []
    index = KeypointIndex.build([(1, keypoints(1)), (2, flat)])
    assert index.candidates(flat, 5) == []
    assert len(index) == 2


def test_an_index_holds_no_more_pictures_than_it_may():
    index = KeypointIndex.build([(1, keypoints(1)), (2, keypoints(2))], limit=2)
    with pytest.raises(TooManyPictures, match="2 pictures"):
        index.add(3, keypoints(3))
    index.add(2, keypoints(3))  # another one in its place
    index.remove(1)
    index.add(3, keypoints(1))
    assert len(index) == 2


def test_most_bounds_the_candidates():
    index = KeypointIndex.build((key, keypoints(1)) for key in range(8))
    assert len(index.candidates(keypoints(1), 3)) == 3
