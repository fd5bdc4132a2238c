"""Verifications are stored as plain values and seen from either picture."""

import json

import pytest

from hashing.fingerprints import Turn
from hashing.verification import AffineMap, Change, Kind, NamedChange, PixelAlignment, Region
from hashing.verification.verification import VERSION, Verification

FOUND = Verification(
    Kind.ALTERED,
    PixelAlignment(Turn.LEFT, AffineMap.of_turn(Turn.LEFT), 1.5, 0.75),
    (NamedChange(Change.CROPPED, 0.2), NamedChange(Change.TURNED, -90.0)),
    (Region((0.1, 0.2, 0.3, 0.4), (0.2, 0.7, 0.4, 0.9)),),
    {
        "correlation": 0.98,
        "textured": 0.5,
        "disagree": 0.1,
        "overlap": 1.0,
        "weight": 300.0,
        "colour": 0.1,
    },
)


def test_it_survives_being_stored_as_json() -> None:
    assert Verification.from_json(json.loads(json.dumps(FOUND.to_json()))) == FOUND


def test_another_version_is_refused() -> None:
    stored = FOUND.to_json()
    stored["version"] = VERSION + 1
    with pytest.raises(ValueError, match="not 1"):
        Verification.from_json(stored)


def test_from_the_other_side_everything_is_inverse() -> None:
    back = FOUND.swapped()
    assert back.changes == (NamedChange(Change.EXTENDED, 0.2), NamedChange(Change.TURNED, 90.0))
    assert back.boxes[0].first == FOUND.boxes[0].second
    assert back.alignment.turn == Turn.RIGHT
    assert back.swapped() == FOUND


@pytest.mark.parametrize("change", list(Change))
def test_each_change_has_an_inverse(change: Change) -> None:
    assert change.inverse.inverse == change


@pytest.mark.parametrize("turn", list(Turn))
def test_a_turn_alone_has_no_angle_nor_stretch(turn: Turn) -> None:
    is_swapped = turn in (Turn.LEFT, Turn.RIGHT, Turn.TRANSPOSED, Turn.TRANSVERSED)
    aspect = 0.75 if is_swapped else 4 / 3
    alignment = PixelAlignment(turn, AffineMap.of_turn(turn), 4 / 3, aspect)
    assert alignment.angle == pytest.approx(0)
    assert alignment.scale == pytest.approx(1)
    assert alignment.stretch == pytest.approx(1)
