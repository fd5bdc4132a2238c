"""What looking at both pictures found out."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import StrEnum
from math import atan2, cos, degrees, radians, sin, sqrt
from typing import NamedTuple, TypedDict

import numpy as np

from hashing.fingerprints import Turn
from hashing.verification.affine import IDENTITY, AffineMap, Matrix, Rectangle

# To be raised when the same two pictures can get another verification.
VERSION = 1


class Kind(StrEnum):
    """What two pictures are to each other."""

    COPY = "copy"  # nothing differs but size, coding, light, colours, turn, frame or crop
    ALTERED = "altered"  # the same picture, but some places show something else
    DIFFERENT = "different"
    UNVERIFIED = "unverified"  # too little texture that could disagree


class Change(StrEnum):
    """How the second picture differs from the first as a whole."""

    MIRRORED = "mirrored"
    TURNED = "turned"  # degrees clockwise
    CROPPED = "cropped"  # share of the first picture that is missing
    EXTENDED = "extended"  # share of the second picture that is new
    FRAMED = "framed"  # share of the second picture that is bars
    UNFRAMED = "unframed"  # share of the first picture that was bars
    WIDENED = "widened"  # factor by which the proportions are wider
    NARROWED = "narrowed"  # factor by which they are narrower
    BRIGHTER = "brighter"  # levels of 255
    DARKER = "darker"  # levels of 255
    MORE_CONTRAST = "more_contrast"  # factor
    LESS_CONTRAST = "less_contrast"  # factor
    GREY = "grey"  # share of the colour that is gone
    COLOURED = "coloured"  # the same, seen from the grey picture
    TONED = "toned"  # sepia and the like: levels of chroma
    UNTONED = "untoned"  # the same, seen from the toned picture
    PALER = "paler"  # factor
    MORE_COLOURFUL = "more_colourful"  # factor
    TINTED = "tinted"  # levels of chroma
    BLURRED = "blurred"  # thousandths of the long side
    SHARPENED = "sharpened"  # thousandths of the long side

    @property
    def inverse(self) -> Change:
        """The same change seen from the second picture."""
        return _INVERSES.get(self, self)


_PAIRS = (
    (Change.CROPPED, Change.EXTENDED),
    (Change.FRAMED, Change.UNFRAMED),
    (Change.WIDENED, Change.NARROWED),
    (Change.BRIGHTER, Change.DARKER),
    (Change.MORE_CONTRAST, Change.LESS_CONTRAST),
    (Change.GREY, Change.COLOURED),
    (Change.TONED, Change.UNTONED),
    (Change.PALER, Change.MORE_COLOURFUL),
    (Change.BLURRED, Change.SHARPENED),
)
_INVERSES = {**dict(_PAIRS), **{b: a for a, b in _PAIRS}}


class NamedChange(NamedTuple):
    """A change and its amount, in the unit that the change names."""

    change: Change
    amount: float

    @property
    def inverse(self) -> NamedChange:
        """The same change seen from the second picture."""
        if self.change == Change.TURNED:
            return NamedChange(self.change, (-self.amount + 180) % 360 - 180)
        return NamedChange(self.change.inverse, self.amount)


class Region(NamedTuple):
    """A place where the pictures differ, as a rectangle in each of them."""

    first: Rectangle
    second: Rectangle

    @property
    def area(self) -> float:
        """Its share of the first picture."""
        left, top, right, bottom = self.first
        return (right - left) * (bottom - top)


@dataclass(frozen=True)
class PixelAlignment:
    """
    How the second picture lies on the first.

    `map` takes points of the first picture to points of the second, in shares of their sides. It
    contains `turn`, which is what the first picture has to be turned by to become upright with the
    second. `aspect` and `other_aspect` are the widths of the pictures divided by their heights.
    """

    turn: Turn = Turn.UPRIGHT
    map: AffineMap = IDENTITY
    aspect: float = 1.0
    other_aspect: float = 1.0

    @property
    def shared(self) -> Rectangle:
        """The part of the first picture that the second shows too."""
        return self.map.inverse.bounds()

    @property
    def other_shared(self) -> Rectangle:
        """The part of the second picture that the first shows too."""
        return self.map.bounds()

    @property
    def angle(self) -> float:
        """What the first picture is rotated by after its turn, in degrees clockwise."""
        linear = self._turned
        return degrees(atan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1]))

    @property
    def scale(self) -> float:
        """How much larger the second picture shows things, if both are shown at one size."""
        return sqrt(self.map.area)

    @property
    def stretch(self) -> float:
        """The factor by which the second picture shows things wider."""
        linear = self._turned
        angle = radians(self.angle)
        back = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
        upright = back @ linear
        return float(abs(upright[0, 0]) / max(1e-9, abs(upright[1, 1])))

    def swapped(self) -> PixelAlignment:
        """Return how the first picture lies on the second."""
        return PixelAlignment(self.turn.inverse, self.map.inverse, self.other_aspect, self.aspect)

    def to_json(self) -> StoredAlignment:
        """Return the alignment as plain values."""
        return {
            "turn": self.turn.value,
            "map": list(astuple(self.map)),
            "aspect": self.aspect,
            "other_aspect": self.other_aspect,
        }

    @classmethod
    def from_json(cls, stored: StoredAlignment) -> PixelAlignment:
        """Return the alignment that `to_json` gave."""
        turn, affine = Turn(stored["turn"]), AffineMap(*stored["map"])
        return cls(turn, affine, stored["aspect"], stored["other_aspect"])

    @property
    def _turned(self) -> Matrix:
        """What the map does after the turn, in shares of the heights, shape (2, 2)."""
        linear = self.map.matrix[:2, :2] * [[self.other_aspect], [1.0]]
        linear = linear / [self.aspect, 1.0]
        result: Matrix = linear @ AffineMap.of_turn(self.turn).matrix[:2, :2].T
        return result


class Evidence(TypedDict):
    """
    The figures behind a kind.

    `correlation` of brightness, shares of windows that are `textured` or `disagree`, share of the
    smaller picture that both show (`overlap`), `weight` of the place that differs most, and of
    the `colour` of the place whose colour differs most.
    """

    correlation: float
    textured: float
    disagree: float
    overlap: float
    weight: float
    colour: float


class StoredRegion(TypedDict):
    """A region in plain values."""

    first: list[float]
    second: list[float]


class StoredAlignment(TypedDict):
    """An alignment in plain values."""

    turn: str
    map: list[float]
    aspect: float
    other_aspect: float


class StoredChange(TypedDict):
    """A change in plain values."""

    change: str
    amount: float


class StoredVerification(TypedDict):
    """A verification in plain values, for a JSON column."""

    version: int
    kind: str
    alignment: StoredAlignment
    changes: list[StoredChange]
    boxes: list[StoredRegion]
    evidence: Evidence


@dataclass(frozen=True)
class Verification:
    """What two pictures are to each other, seen from the first to the second."""

    kind: Kind
    alignment: PixelAlignment
    changes: tuple[NamedChange, ...]
    boxes: tuple[Region, ...]
    evidence: Evidence

    def swapped(self) -> Verification:
        """Return the same, seen from the second picture to the first."""
        return Verification(
            self.kind,
            self.alignment.swapped(),
            tuple(change.inverse for change in self.changes),
            tuple(Region(region.second, region.first) for region in self.boxes),
            self.evidence,
        )

    def to_json(self) -> StoredVerification:
        """Return the verification as plain values."""
        return {
            "version": VERSION,
            "kind": self.kind.value,
            "alignment": self.alignment.to_json(),
            "changes": [{"change": c.change.value, "amount": c.amount} for c in self.changes],
            "boxes": [{"first": list(r.first), "second": list(r.second)} for r in self.boxes],
            "evidence": self.evidence,
        }

    @classmethod
    def from_json(cls, stored: StoredVerification) -> Verification:
        """Return the verification that `to_json` gave. Raises ValueError for another version."""
        if stored["version"] != VERSION:
            raise ValueError(f"Verification has version {stored['version']}, not {VERSION}.")
        return cls(
            Kind(stored["kind"]),
            PixelAlignment.from_json(stored["alignment"]),
            tuple(NamedChange(Change(c["change"]), c["amount"]) for c in stored["changes"]),
            tuple(Region(_rectangle(r["first"]), _rectangle(r["second"])) for r in stored["boxes"]),
            stored["evidence"],
        )


def _rectangle(sides: list[float]) -> Rectangle:
    left, top, right, bottom = sides
    return left, top, right, bottom
