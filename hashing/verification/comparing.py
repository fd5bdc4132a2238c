"""Two previews under one map: brought to one tone and one detail, and compared by windows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from hashing.verification.affine import AffineMap
from hashing.verification.detail import matched
from hashing.verification.planes import Mask, Plane, Planes, Size, inside
from hashing.verification.tone import ToneCurve
from hashing.verification.windows import Figures, Windows, compare

# The long side at which pictures are compared, in pixels.
LONG_SIDE = 128
# Windows with less variance than FLAT are flat, with at least TEXTURED are textured.
FLAT, TEXTURED = 40.0, 60.0
# The noise of flat windows, at least and at most, and of textured ones in shares of their variance
# at most; windows of fewer than FEWEST are no sample.
LEAST_NOISE, MOST_NOISE, MOST_SHARE, FEWEST = 0.5, 6.0, 0.12, 6
USUAL_NOISE = 2.0
# Pixels this close to the edge of the other picture are left out, in shares of its side.
EDGE = 0.004
# The smallest grid that windows can be laid on.
SMALLEST_SIDE = 8


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Two planes on one grid, compared.

    `before` and `after` are the gray planes as they are, `sigma` the blur between them in pixels,
    positive if the other picture is less sharp.
    """

    map: AffineMap
    before: Plane
    after: Plane
    held: Mask
    sigma: float
    windows: Windows

    @property
    def size(self) -> Size:
        """The size of the grid."""
        return Size(self.before.shape[1], self.before.shape[0])

    @property
    def overlap(self) -> float:
        """The share of the smaller picture that both show."""
        return float(self.held.mean()) / min(1.0, max(self.map.area, 1e-6))

    @cached_property
    def textured(self) -> Mask:
        """Windows with enough texture to disagree in it."""
        return self.windows.held & (self.windows.power >= TEXTURED)

    @cached_property
    def noise(self) -> Figures:
        """The error to be expected of each window of the same thing."""
        flat = self.windows.held & (self.windows.power < FLAT)
        floor = _median(self.windows.error[flat], USUAL_NOISE)
        floor = min(MOST_NOISE, max(LEAST_NOISE, floor))
        share = min(MOST_SHARE, self.texture_error)
        noise: Figures = floor + np.float32(share) * self.windows.power
        return noise

    @cached_property
    def texture_error(self) -> float:
        """The median share of the variance of textured windows that is error."""
        windows, chosen = self.windows, self.textured
        return _median(windows.error[chosen] / windows.power[chosen], 0.0)


def _median(figures: Figures, otherwise: float) -> float:
    return float(np.median(figures)) if len(figures) >= FEWEST else otherwise


def compared(reference: Planes, other: Planes, to_other: AffineMap) -> Comparison | None:
    """Return how two pictures compare under a map; None if they hardly overlap."""
    size = _grid(reference, other, to_other)
    before, after = reference.resized(size), other.warped(size, to_other)
    held = inside(size, to_other.matrix, EDGE)
    if min(size) < SMALLEST_SIDE or held.mean() < 0.1:
        return None
    toned, target = _in_one_tone(before, after, held)
    ours, theirs, sigma = matched(toned, target, held)
    return Comparison(to_other, before, after, held, sigma, compare(ours, theirs, held))


def _grid(reference: Planes, other: Planes, to_other: AffineMap) -> Size:
    """Return the size at which neither picture has to be enlarged."""
    detail = min(1.0, other.size.pixels * to_other.area / reference.size.pixels)
    return reference.size.within(min(LONG_SIDE, reference.size.long * sqrt(detail)))


def _in_one_tone(before: Plane, after: Plane, held: Mask) -> tuple[Plane, Plane]:
    """Return both in the tones of the one with less contrast, which has lost what it lost."""
    if before[held].var() < after[held].var():
        return before, ToneCurve.fitted(after, before, held).applied_to(after)
    return ToneCurve.fitted(before, after, held).applied_to(before), after
