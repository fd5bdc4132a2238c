"""
Chromaticities: the three primaries and the white of a colour space.

Sources: SMPTE RP 177 (matrix from chromaticities); ICC.1:2022, annex E (Bradford adaptation to the
white D50, which colours of all profiles are relative to).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Point = tuple[float, float]

# XYZ of the white D50, as ICC profiles state it.
D50 = np.array([0.9642, 1.0, 0.8249])
# From XYZ to the responses of the eye's cones.
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
# Primaries nearer to one line than this span no colours.
MIN_AREA = 1e-4


class Chromaticities(NamedTuple):
    """The white and the primaries of a colour space as CIE x and y."""

    white: Point
    red: Point
    green: Point
    blue: Point

    @property
    def is_plausible(self) -> bool:
        """Whether the primaries span colours, among which the white is."""
        coordinates = np.array(self)
        if coordinates.min() < 0 or coordinates.max() > 1 or self.white[1] == 0:
            return False
        if abs(np.linalg.det(self._primaries)) < MIN_AREA:
            return False
        return bool((np.linalg.solve(self._primaries, _xyz(self.white)) > 0).all())

    @property
    def to_d50(self) -> Matrix:
        """The matrix from linear RGB to XYZ relative to D50, shape (3, 3)."""
        white = _xyz(self.white)
        to_xyz = self._primaries * np.linalg.solve(self._primaries, white)
        cones = (BRADFORD @ D50) / (BRADFORD @ white)
        adaptation: Matrix = np.linalg.inv(BRADFORD) @ np.diag(cones) @ BRADFORD
        return adaptation @ to_xyz

    @property
    def _primaries(self) -> Matrix:
        """The primaries as columns, each of them of the brightness x + y + z = 1."""
        return np.array([(x, y, 1 - x - y) for x, y in self[1:]]).T


def _xyz(point: Point) -> Matrix:
    """Return XYZ of the chromaticity `point` at the luminance 1."""
    x, y = point
    return np.array([x / y, 1.0, (1 - x - y) / y])
