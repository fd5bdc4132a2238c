"""Distances in words."""

from typing import Any

import pytest

from gallery.comparing.similarity import Likeness


@pytest.mark.parametrize(
    ("distance", "word"),
    [
        (0, "near-identical"),
        (4, "near-identical"),
        (5, "very similar"),
        (10, "very similar"),
        (11, "similar"),
        (16, "similar"),
        (17, "different"),
        (64, "different"),
    ],
)
def test_word_by_distance(distance: int, word: str) -> None:
    assert Likeness(distance, 64).word == word


def test_badge_and_sentence() -> None:
    likeness = Likeness(7, 64)
    assert str(likeness) == likeness.badge == "7/64 · very similar"
    assert likeness.sentence == "7 of 64 bits differ, 89 % alike"


def test_one_bit_is_never_all_alike() -> None:
    assert Likeness(1, 256).percent == 99


def test_words_are_scaled_to_the_width() -> None:
    assert Likeness(7, 42).word == "similar"


def test_words_are_a_setting(settings: Any) -> None:
    settings.GALLERY = {"LIKENESS": ((0.5, "alike"), (1.0, "unlike"))}
    assert [Likeness(distance, 64).word for distance in (32, 33)] == ["alike", "unlike"]
    assert Likeness(0, 64).icon == "○"
