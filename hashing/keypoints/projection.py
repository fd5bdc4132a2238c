"""Maps between places of two pictures: affine, or with the perspective of a photographed screen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.part import Quadrilateral

Projection = npt.NDArray[np.float64]
"""
A map of the plane, shape (3, 3): (x, y) goes to (X / Z, Y / Z), where (X, Y, Z) is the product
with (x, y, 1). An affine map has the last row 0 0 1.
"""


class Area(NamedTuple):
    """A rectangle in shares of the part."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        """The share of the part that the rectangle covers."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


# The picture mirrored, in shares of its width and height.
MIRROR: Projection = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def composed(second: Projection, first: Projection) -> Projection:
    """Return the map that is `first` and then `second`."""
    product = second @ first
    product /= product[2, 2]
    return np.asarray(product, dtype=np.float64)


def inverse(projection: Projection) -> Projection:
    """Return the map that takes back what `projection` does."""
    inverted = np.asarray(np.linalg.inv(projection), dtype=np.float64)
    inverted /= inverted[2, 2]
    return inverted


def projected(projection: Projection, x: float, y: float) -> tuple[float, float]:
    """Return where `projection` takes a place."""
    across, down, depth = projection @ np.array([x, y, 1.0])
    return float(across / depth), float(down / depth)


def linearised(projection: Projection, x: float, y: float) -> Projection:
    """Return the affine map that is nearest to `projection` around a place."""
    across, down, depth = projection @ np.array([x, y, 1.0])
    place = np.array([across / depth, down / depth])
    slopes = (projection[:2, :2] - np.outer(place, projection[2, :2])) / depth
    affine = np.eye(3)
    affine[:2, :2] = slopes
    affine[:2, 2] = place - slopes @ np.array([x, y])
    return affine


def corners(area: Area) -> Quadrilateral:
    """Return the corners of `area`, clockwise from the top left."""
    left, top, right, bottom = (round(value, 6) for value in area)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def mapped(projection: Projection, place: Quadrilateral) -> Quadrilateral:
    """Return where `projection` takes `place`."""
    a, b, c, d = (projected(projection, *point) for point in place)
    return (_rounded(a), _rounded(b), _rounded(c), _rounded(d))


def _rounded(point: tuple[float, float]) -> tuple[float, float]:
    return round(point[0], 6), round(point[1], 6)


def area_of(place: Quadrilateral) -> float:
    """Return the area of a quadrilateral (the shoelace formula)."""
    x, y = np.array(place).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
