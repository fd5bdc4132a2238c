"""Distances in words."""

from typing import Any

import pytest

from gallery.comparing.similarity import Similarity


@pytest.mark.parametrize(
    ("distance", "word"),
    [
        (0, "almost identical"),
        (4, "almost identical"),
        (5, "very similar"),
        (10, "very similar"),
        (11, "similar"),
        (16, "similar"),
        (17, "different"),
        (64, "different"),
    ],
)
def test_word_by_distance(distance: int, word: str) -> None:
    assert Similarity(distance, 64).word == word


def test_badge_and_sentence() -> None:
    similarity = Similarity(7, 64)
    assert str(similarity) == similarity.badge == "7/64 · very similar"
    assert similarity.sentence == "7 of 64 bits differ (89 % similar)"


def test_one_bit_is_never_all_alike() -> None:
    assert Similarity(1, 256).percent == 99


def test_words_are_scaled_to_the_width() -> None:
    assert Similarity(7, 42).word == "similar"


def test_words_are_a_setting(settings: Any) -> None:
    settings.GALLERY = {"SIMILARITY": ((0.5, "alike"), (1.0, "unlike"))}
    assert [Similarity(distance, 64).word for distance in (32, 33)] == ["alike", "unlike"]
    assert Similarity(0, 64).icon == "○"
