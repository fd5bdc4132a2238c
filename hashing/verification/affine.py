"""Affine maps between two pictures, in shares of their widths and heights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.fingerprints import Turn

Matrix = npt.NDArray[np.float64]
"""Affine maps as matrices of shape (…, 3, 3), last row 0 0 1."""
Points = npt.NDArray[np.float64]
"""Points in shares of the width and height, shape (n, 2)."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom in shares of the width and height."""

WHOLE: Rectangle = (0.0, 0.0, 1.0, 1.0)
CORNERS: Points = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])

# Where each turn takes a point: rows give the new x and y from the old x, y and 1.
_TURNS: dict[Turn, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    Turn.UPRIGHT: ((1, 0, 0), (0, 1, 0)),
    Turn.MIRRORED: ((-1, 0, 1), (0, 1, 0)),
    Turn.FLIPPED: ((1, 0, 0), (0, -1, 1)),
    Turn.HALF: ((-1, 0, 1), (0, -1, 1)),
    Turn.LEFT: ((0, 1, 0), (-1, 0, 1)),
    Turn.RIGHT: ((0, -1, 1), (1, 0, 0)),
    Turn.TRANSPOSED: ((0, 1, 0), (1, 0, 0)),
    Turn.TRANSVERSED: ((0, -1, 1), (-1, 0, 1)),
}


@dataclass(frozen=True)
class AffineMap:
    """
    A map that takes the point (x, y) to (xx·x + xy·y + x0, yx·x + yy·y + y0).

    Points are in shares of the width and height of a picture, from its top left corner.
    """

    xx: float = 1.0
    xy: float = 0.0
    x0: float = 0.0
    yx: float = 0.0
    yy: float = 1.0
    y0: float = 0.0

    @classmethod
    def of_matrix(cls, matrix: Matrix) -> AffineMap:
        """Return the map of a matrix of shape (3, 3)."""
        return cls(*(float(value) for value in matrix[:2].ravel()))

    @classmethod
    def of_turn(cls, turn: Turn) -> AffineMap:
        """Return where `turn` takes each point of a picture."""
        (xx, xy, x0), (yx, yy, y0) = _TURNS[turn]
        return cls(xx, xy, x0, yx, yy, y0)

    @classmethod
    def into(cls, box: Rectangle) -> AffineMap:
        """Return the map from the whole picture into `box`."""
        left, top, right, bottom = box
        return cls(right - left, 0.0, left, 0.0, bottom - top, top)

    @property
    def matrix(self) -> Matrix:
        """The same map as a matrix, shape (3, 3)."""
        rows = [(self.xx, self.xy, self.x0), (self.yx, self.yy, self.y0), (0.0, 0.0, 1.0)]
        return np.array(rows)

    @property
    def inverse(self) -> AffineMap:
        """The map back."""
        return AffineMap.of_matrix(np.linalg.inv(self.matrix).astype(np.float64))

    @property
    def area(self) -> float:
        """The area of the mapped unit square."""
        return abs(self.xx * self.yy - self.xy * self.yx)

    def then(self, other: AffineMap) -> AffineMap:
        """Return the map that applies this one first and `other` second."""
        return AffineMap.of_matrix(other.matrix @ self.matrix)

    def applied_to(self, points: Points) -> Points:
        """Return the mapped `points`, shape (n, 2)."""
        moved: Points = points @ self.matrix[:2, :2].T + self.matrix[:2, 2]
        return moved

    def bounds(self, box: Rectangle = WHOLE) -> Rectangle:
        """Return the rectangle around the mapped `box`, cut to the picture."""
        moved = np.clip(self.applied_to(AffineMap.into(box).applied_to(CORNERS)), 0.0, 1.0)
        (left, top), (right, bottom) = moved.min(axis=0).tolist(), moved.max(axis=0).tolist()
        return left, top, right, bottom


IDENTITY = AffineMap()
