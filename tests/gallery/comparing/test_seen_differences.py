"""What was seen of two pictures, in words."""

from dataclasses import replace

import pytest

from gallery.comparing.seen_differences import as_seen, change_words, place_words, shape_words
from hashing.fingerprints import Alignment, Framing, Turn
from hashing.pictures import Preview
from hashing.verification import (
    Change,
    Evidence,
    Kind,
    NamedChange,
    PixelAlignment,
    Rectangle,
    Region,
    Verification,
    verify,
)
from tests.pictures import photo

NO_EVIDENCE = Evidence(
    correlation=1.0, textured=1.0, disagree=0.0, overlap=1.0, energy=0.0, colour=0.0
)


def seen(*changes: tuple[Change, float], boxes: tuple[Rectangle, ...] = ()) -> Verification:
    return Verification(
        Kind.ALTERED if boxes else Kind.COPY,
        verify(Preview.of(photo(1)), Preview.of(photo(1))).alignment,
        tuple(NamedChange(*change) for change in changes),
        tuple(Region(box, box) for box in boxes),
        NO_EVIDENCE,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((Change.CROPPED, 0.19), ["cropped to 81 %"]),
        ((Change.EXTENDED, 0.2), ["uncropped (125 % of the area)"]),
        ((Change.TURNED, 3.0), ["tilted 3.0° to the right"]),
        ((Change.TURNED, 88.0), ["tilted 2.0° to the left"]),
        ((Change.TURNED, 90.0), []),
        ((Change.TURNED, 0.1), []),
        ((Change.CROPPED, 0.01), []),
    ],
)
def test_shape(change: tuple[Change, float], words: list[str]) -> None:
    assert list(shape_words(seen(change))) == words


def test_every_other_change_has_words() -> None:
    elsewhere = {Change.CROPPED, Change.EXTENDED, Change.TURNED, Change.MIRRORED}
    for change in set(Change) - elsewhere:
        assert change_words(seen((change, 1.0))), change


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ((), ""),
        (((0.0, 0.0, 0.2, 0.1),), "changed at the top left"),
        (((0.4, 0.85, 0.6, 0.95),), "changed at the bottom"),
        (((0.45, 0.45, 0.55, 0.55),), "changed in the middle"),
        (((0.0, 0.4, 0.1, 0.6),), "changed on the left"),
        (((0.0, 0.0, 0.9, 0.9),), "changed in a large part"),
        (
            ((0.0, 0.0, 0.1, 0.1), (0.9, 0.9, 1.0, 1.0)),
            "changed at the top left and at the bottom right",
        ),
        (tuple((x, 0.0, x + 0.1, 1.0) for x in (0.0, 0.45, 0.9)), "changed in several places"),
    ],
)
def test_places(boxes: tuple[Rectangle, ...], words: str) -> None:
    assert place_words(seen(boxes=boxes)) == words


def test_what_was_seen_corrects_the_turn_of_hashes() -> None:
    alignment = Alignment(60, Turn.LEFT, Framing.UNFRAMED)
    upright = seen()
    assert as_seen(alignment, None) == alignment
    assert as_seen(alignment, upright) == Alignment(60)
    assert as_seen(alignment, replace(upright, kind=Kind.UNVERIFIED)) == alignment
    turned = replace(upright, alignment=PixelAlignment(Turn.LEFT))
    assert as_seen(alignment, turned) == alignment
