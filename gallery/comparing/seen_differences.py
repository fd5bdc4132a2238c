"""The differences that looking at two pictures has shown, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hashing.fingerprints import Alignment
from hashing.verification import Change, Kind, Region, Verification

# Words for changes that need no amount, in the order in which they are listed.
PLAIN: Mapping[Change, str] = {
    Change.FRAMED: "with a border",
    Change.UNFRAMED: "without the border",
    Change.WIDENED: "stretched",
    Change.NARROWED: "squeezed",
    Change.GREY: "in black and white",
    Change.COLOURED: "in colour",
    Change.TONED: "in sepia",
    Change.UNTONED: "in colour",
    Change.PALER: "paler",
    Change.MORE_COLOURFUL: "more colourful",
    Change.TINTED: "with a tint",
    Change.BRIGHTER: "brighter",
    Change.DARKER: "darker",
    Change.MORE_CONTRAST: "with more contrast",
    Change.LESS_CONTRAST: "with less contrast",
    Change.BLURRED: "blurred",
    Change.SHARPENED: "sharpened",
}
# The hashes already name quarter turns; what is left of the angle is a tilt.
TILTS = (0.3, 45.0)  # in degrees
# Smaller crops are as exact as the alignment is.
LEAST_CROP = 0.03
LARGE_PLACE = 0.4
# Kinds of pictures that lie on each other.
AGREEING = (Kind.COPY, Kind.ALTERED)


def as_seen(alignment: Alignment, seen: Verification | None) -> Alignment:
    """
    Return the alignment of hashes, unless looking at both pictures has shown another turn.

    Round and symmetrical things have nearly the same hashes in several turns.
    """
    if seen is None or seen.kind not in AGREEING or seen.alignment.turn == alignment.turn:
        return alignment
    return Alignment(alignment.distance, seen.alignment.turn)


def change_words(seen: Verification) -> list[str]:
    """
    Return words for what changed all over the second picture.

    If it shows something else in a place, that place changes the whole too, so nothing is said.
    """
    if seen.boxes:
        return []
    changed = {change for change, _ in seen.changes}
    return [words for change, words in PLAIN.items() if change in changed]


def place_words(seen: Verification) -> str:
    """Return words for where the second picture shows something else; "" if nowhere."""
    if not seen.boxes:
        return ""
    places = list(dict.fromkeys(_place(box) for box in seen.boxes))
    if len(places) > 2:
        return "changed in several places"
    return f"changed {' and '.join(places)}"


def shape_words(seen: Verification) -> Iterator[str]:
    """Yield words for a crop and a tilt of the second picture."""
    for change, amount in seen.changes:
        if change == Change.CROPPED and amount >= LEAST_CROP:
            yield f"cropped to {100 * (1 - amount):.0f} %"
        elif change == Change.EXTENDED and amount >= LEAST_CROP:
            yield f"uncropped ({100 / (1 - amount):.0f} % of the area)"
        elif change == Change.TURNED and TILTS[0] <= abs(_tilt(amount)) <= TILTS[1]:
            side = "right" if _tilt(amount) > 0 else "left"
            yield f"tilted {abs(_tilt(amount)):.1f}° to the {side}"


def _tilt(degrees: float) -> float:
    """Return the angle beyond the nearest quarter turn, from -45 to 45."""
    return (degrees + 45) % 90 - 45


def _place(region: Region) -> str:
    """Return words for the place of a region in the second picture."""
    left, top, right, bottom = region.second
    if (right - left) * (bottom - top) > LARGE_PLACE:
        return "in a large part"
    across, down = (left + right) / 2, (top + bottom) / 2
    row = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else ""
    side = "left" if across < 1 / 3 else "right" if across > 2 / 3 else ""
    if not (row or side):
        return "in the middle"
    if row and side:
        return f"at the {row} {side}"
    return f"at the {row}" if row else f"on the {side}"
