"""Maps between places of two pictures: affine, or with the perspective of a photographed screen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Projection = npt.NDArray[np.float64]
"""
A map of the plane, shape (3, 3): (x, y) goes to (X / Z, Y / Z), where (X, Y, Z) is the product
with (x, y, 1). An affine map has the last row 0 0 1.
"""

# The picture mirrored, in shares of its width and height.
MIRROR: Projection = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def composed(second: Projection, first: Projection) -> Projection:
    """Return the map that is `first` and then `second`."""
    product: Projection = second @ first
    return product / product[2, 2]


def inverse(projection: Projection) -> Projection:
    """Return the map that takes back what `projection` does."""
    inverted: Projection = np.linalg.inv(projection)
    return inverted / inverted[2, 2]


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
