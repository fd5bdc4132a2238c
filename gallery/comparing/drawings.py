"""How a picture is drawn beside another one: turned, and with its bars hatched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gallery.models import Image
from hashing.fingerprints import Box, Turn
from hashing.verification import Rectangle

# For each turn the four factors of an SVG matrix, and the sides of the picture that have to be
# added to x and y so that both start at zero again.
_MATRICES = {
    Turn.UPRIGHT: ((1, 0, 0, 1), ("", "")),
    Turn.MIRRORED: ((-1, 0, 0, 1), ("width", "")),
    Turn.FLIPPED: ((1, 0, 0, -1), ("", "height")),
    Turn.HALF: ((-1, 0, 0, -1), ("width", "height")),
    Turn.LEFT: ((0, -1, 1, 0), ("", "width")),
    Turn.RIGHT: ((0, 1, -1, 0), ("height", "")),
    Turn.TRANSPOSED: ((0, 1, 1, 0), ("", "")),
    Turn.TRANSVERSED: ((0, -1, -1, 0), ("height", "width")),
}
_QUARTER_TURNS = {Turn.LEFT, Turn.RIGHT, Turn.TRANSPOSED, Turn.TRANSVERSED}
# Stripes of the hatching along the longer side of a picture.
_STRIPES = 40

TURN_WORDS = {
    Turn.MIRRORED: "mirrored back",
    Turn.FLIPPED: "flipped back",
    Turn.HALF: "rotated by 180°",
    Turn.LEFT: "rotated 90° left",
    Turn.RIGHT: "rotated 90° right",
    Turn.TRANSPOSED: "rotated and mirrored back",
    Turn.TRANSVERSED: "rotated and mirrored back",
}


class Mark(NamedTuple):
    """A rectangle of an SVG, in pixels of the original."""

    x: int
    y: int
    width: int
    height: int


def marks_of(image: Image, places: Iterable[Rectangle]) -> list[Mark]:
    """Return rectangles around `places`, which are in shares of the sides of `image`."""
    width, height = image.width or 0, image.height or 0
    return [
        Mark(
            round(left * width),
            round(top * height),
            max(1, round((right - left) * width)),
            max(1, round((bottom - top) * height)),
        )
        for left, top, right, bottom in places
    ]


@dataclass(frozen=True)
class Drawing:
    """
    A picture as it is drawn beside another one, turned by `turn`.

    `kept` is the box inside its bars, in pixels of the original; None if it has none to hatch.
    `places` are those where the other picture shows something else, in shares of its sides.
    """

    image: Image
    turn: Turn = Turn.UPRIGHT
    kept: Box | None = None
    places: Sequence[Rectangle] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing is turned, hatched or marked."""
        return self.turn == Turn.UPRIGHT and self.kept is None and not self.places

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the drawing in pixels of the original; zeros if unknown."""
        width, height = self.image.width or 0, self.image.height or 0
        return (height, width) if self.turn in _QUARTER_TURNS else (width, height)

    @property
    def transform(self) -> str:
        """The turn as the `transform` of an SVG."""
        return f"matrix({' '.join(map(str, self._matrix))})"

    @property
    def _matrix(self) -> tuple[int, ...]:
        factors, sides = _MATRICES[self.turn]
        lengths = {"": 0, "width": self.image.width or 0, "height": self.image.height or 0}
        return *factors, *(lengths[side] for side in sides)

    @property
    def inside(self) -> Box:
        """The box inside the bars, in pixels of the drawing."""
        if self.kept is None:
            return (0, 0, *self.size)
        a, b, c, d, e, f = self._matrix
        left, top, right, bottom = self.kept
        corners = ((left, top), (right, bottom))
        across = sorted(a * x + c * y + e for x, y in corners)
        down = sorted(b * x + d * y + f for x, y in corners)
        return across[0], down[0], across[1], down[1]

    @property
    def bars(self) -> str:
        """The bars as the path of an SVG: the whole picture with a hole for the box inside."""
        if self.kept is None:
            return ""
        left, top, right, bottom = self.kept
        whole = f"M0 0H{self.image.width}V{self.image.height}H0Z"
        return f"{whole}M{left} {top}V{bottom}H{right}V{top}Z"

    @property
    def marks(self) -> list[Mark]:
        """The places as rectangles of an SVG."""
        return marks_of(self.image, self.places)

    @property
    def hatch(self) -> int:
        """The width of a stripe of the hatching, in pixels of the original."""
        return max(1, max(self.size) // _STRIPES)

    @property
    def note(self) -> str:
        """Words for how the picture is shown: rotated, cropped parts hatched."""
        notes = [
            TURN_WORDS.get(self.turn, ""),
            "cropped parts hatched" if self.kept else "",
            "differences marked" if self.places else "",
        ]
        return ", ".join(filter(None, notes))
