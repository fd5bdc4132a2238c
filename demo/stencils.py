"""Stencils: masks cut from polygons, discs and strokes."""

from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from demo.canvas import Field, Point, Size

FINER = 2
"""Shapes are drawn this many times larger, so that their edges come out smooth."""


class Stencil:
    """A mask under construction; lengths and places are in picture heights."""

    def __init__(self, size: Size) -> None:
        self._image = Image.new("L", (size[0] * FINER, size[1] * FINER))
        self._pen = ImageDraw.Draw(self._image)
        self._unit = size[1] * FINER

    def polygon(self, points: Iterable[Sequence[float]], shade: float = 1.0) -> "Stencil":
        """Fill the shape between the points."""
        self._pen.polygon(self._places(points), fill=round(shade * 255))
        return self

    def disc(self, centre: Point, radius: float, shade: float = 1.0) -> "Stencil":
        """Fill a circle."""
        place = (centre[0] * self._unit, centre[1] * self._unit)
        self._pen.circle(place, radius * self._unit, fill=round(shade * 255))
        return self

    def stroke(
        self, points: Iterable[Sequence[float]], width: float, shade: float = 1.0
    ) -> "Stencil":
        """Draw a line through the points."""
        thick = max(1, round(width * self._unit))
        self._pen.line(self._places(points), fill=round(shade * 255), width=thick, joint="curve")
        return self

    def box(self, corner: Point, opposite: Point, shade: float = 1.0) -> "Stencil":
        """Fill an upright rectangle."""
        (left, top), (right, bottom) = corner, opposite
        return self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], shade)

    def cut(self) -> Field:
        """The mask (height, width), from 0 to 1."""
        return np.asarray(self._image.reduce(FINER), dtype=np.float32) / 255

    def _places(self, points: Iterable[Sequence[float]]) -> list[tuple[float, float]]:
        return [(float(x) * self._unit, float(y) * self._unit) for x, y in points]
