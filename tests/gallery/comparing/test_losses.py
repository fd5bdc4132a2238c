"""What one file of a picture lost of another, in words."""

from typing import Any

import pytest

from gallery.comparing.losses import gains, losses
from hashing.pictures import Companion, Holdings


@pytest.mark.parametrize(
    ("more", "lost", "won"),
    [
        ({}, [], []),
        ({"companions": (Companion.VIDEO,)}, ["without the video"], ["with a video"]),
        ({"companions": (Companion.VIEWS,)}, ["without the further views"], ["with further views"]),
        ({"depth": 16}, ["8 bits instead of 16"], ["16 bits instead of 8"]),
        ({"colours": "p3"}, ["without its colour profile"], ["with a colour profile"]),
        ({"is_transparent": True}, ["transparency flattened"], ["with transparency"]),
        ({"frames": 9}, ["still of an animation"], ["an animation instead of a still"]),
        ({"tags": 40, "has_xmp": True, "seconds": 2.0}, [], []),  # told by other sentences
    ],
)
def test_both_ways(more: dict[str, Any], lost: list[str], won: list[str]) -> None:
    rich, poor = Holdings(**more), Holdings()
    assert losses(rich, poor) == lost
    assert gains(rich, poor) == []
    assert gains(poor, rich) == won
    assert losses(poor, rich) == []


def test_a_shorter_animation() -> None:
    assert losses(Holdings(frames=9), Holdings(frames=4)) == ["4 of 9 frames"]
    assert gains(Holdings(frames=4), Holdings(frames=9)) == ["9 frames instead of 4"]


def test_another_profile_is_neither() -> None:
    assert losses(Holdings(colours="p3"), Holdings(colours="adobe")) == [
        "with another colour profile"
    ]
