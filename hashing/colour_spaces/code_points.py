"""
Code points: the numbers by which PNG, AVIF and HEIC name a colour space.

Source: ITU-T H.273, tables 2 (primaries) and 3 (transfer characteristics). Where the table gives
the curve of a camera, the curve here is that of the screen (ITU-R BT.1886), as browsers have it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.colour_spaces.chromaticities import Chromaticities

Levels = npt.NDArray[np.float64]
# From coded levels to linear light, both from 0 to 1.
Curve = Callable[[Levels], Levels]

D65, C, DCI = (0.3127, 0.3290), (0.310, 0.316), (0.314, 0.351)
SMPTE_170M = Chromaticities(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
BT_2020 = Chromaticities(D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
PRIMARIES = {
    1: Chromaticities(D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),  # sRGB, BT.709
    4: Chromaticities(C, (0.670, 0.330), (0.210, 0.710), (0.140, 0.080)),
    5: Chromaticities(D65, (0.640, 0.330), (0.290, 0.600), (0.150, 0.060)),
    6: SMPTE_170M,
    7: SMPTE_170M,
    8: Chromaticities(C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),  # film
    9: BT_2020,
    10: Chromaticities((1 / 3, 1 / 3), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),  # XYZ
    11: Chromaticities(DCI, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Chromaticities(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
    22: Chromaticities(D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}

BT_709, SRGB_TRANSFER, PQ, HLG = 1, 13, 16, 18
# The transfer characteristics of high dynamic range.
HDR_TRANSFERS = {PQ, HLG}


class CodePoints(NamedTuple):
    """The numbers of the primaries and of the transfer characteristics."""

    primaries: int
    transfer: int

    @property
    def are_known(self) -> bool:
        """Whether both have a meaning here."""
        return self.primaries in PRIMARIES and self.transfer in {*CURVES, *HDR_TRANSFERS}


def gamma(exponent: float) -> Curve:
    """Return the curve of a power."""
    return lambda levels: levels**exponent


def srgb(levels: Levels) -> Levels:
    """Return the linear light of sRGB `levels` (IEC 61966-2-1)."""
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def _smpte_240m(levels: Levels) -> Levels:
    return np.where(levels < 0.0912, levels / 4, ((levels + 0.1115) / 1.1115) ** (1 / 0.45))


def _smpte_428(levels: Levels) -> Levels:
    """Return the linear light of cinema `levels`, of which the white is not the largest."""
    return np.minimum(levels**2.6 * 52.37 / 48, 1.0)


CURVES: dict[int, Curve] = {
    **dict.fromkeys((BT_709, 6, 11, 14, 15), gamma(2.4)),
    4: gamma(2.2),
    5: gamma(2.8),
    7: _smpte_240m,
    8: gamma(1.0),
    SRGB_TRANSFER: srgb,
    17: _smpte_428,
}
