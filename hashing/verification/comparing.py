"""Two previews under one map: brought to one tone and one detail, and compared by windows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from hashing.verification.affine import AffineMap, Rectangle
from hashing.verification.detail import matched
from hashing.verification.figures import median
from hashing.verification.planes import Mask, Plane, Planes, Size, inside
from hashing.verification.regions import Place, places
from hashing.verification.tone import ToneCurve
from hashing.verification.windows import SIDE, STEP, Figures, Windows, compare, window_variances

# The long side at which pictures are compared, in pixels.
LONG_SIDE = 128
# Windows with less variance than FLAT are flat, with at least TEXTURED are textured.
FLAT, TEXTURED = 40.0, 60.0
# Windows with less variance than this are blank.
BLANK = 6.0
# The share of textured windows below which nothing can be verified.
LEAST_TEXTURED = 0.05
# The noise of flat windows, at least and at most, and of textured ones in shares of their variance
# at most; windows of fewer than FEWEST are no sample.
LEAST_NOISE, MOST_NOISE, MOST_SHARE, FEWEST = 0.5, 12.0, 0.12, 6
USUAL_NOISE = 2.0
# A window disagrees if its error is more than LEAST_ERROR, so many times the noise, and this share
# of the variances of both pictures together.
LEAST_ERROR, TIMES_NOISE, SHARE_OF_VARIANCE = 12.0, 5.0, 0.15
# Pixels this close to the edges are left out: in shares of the side of the other picture, and in
# pixels of a reference that the other picture shows more than. They are mixed with what is beyond.
EDGE, MIXED = 0.006, 3
# The smallest grid that windows can be laid on, and the smallest share of it to be compared.
SMALLEST_SIDE, LEAST_HELD = 8, 0.1
# A pixel belongs to an altered place if it differs by more than this many levels.
VISIBLE_LEVELS = 8.0


@dataclass(frozen=True, eq=False)
class Agreement:
    """
    How two planes of one tone and one detail agree.

    `sigma` is the blur that was between them in pixels, positive if the second was less sharp.
    """

    ours: Plane
    theirs: Plane
    sigma: float
    windows: Windows

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

    def disagreeing(self, share: float) -> Mask:
        """Return the windows whose error is beyond the noise and beyond `share` of variances."""
        windows = self.windows
        disagree: Mask = (
            windows.held
            & (windows.error > np.maximum(LEAST_ERROR, TIMES_NOISE * self.noise))
            & (windows.error > share * (windows.ours + windows.theirs))
        )
        return disagree


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Two gray planes on one grid, as they are; `held` is where both pictures are.

    A window disagrees if its error is above `share` of the variances.
    """

    map: AffineMap
    before: Plane
    after: Plane
    held: Mask
    share: float = SHARE_OF_VARIANCE

    @property
    def size(self) -> Size:
        """The size of the grid."""
        return Size(self.before.shape[1], self.before.shape[0])

    @property
    def overlap(self) -> float:
        """The share of the smaller picture that both show."""
        return float(self.held.mean()) / min(1.0, max(self.map.area, 1e-6))

    @cached_property
    def agreement(self) -> Agreement:
        """The agreement in the tones of the picture with less contrast."""
        return self._agreement(self._has_more_contrast)

    @cached_property
    def disagreeing(self) -> Mask:
        """
        The windows that disagree in the tones of either picture.

        Where light was clipped or colours were reduced, only one of the pictures follows from the
        other; where something was painted over, none does.
        """
        disagree = self.agreement.disagreeing(self.share)
        if disagree.any():
            disagree = disagree & self._backwards.disagreeing(self.share)
        return disagree

    @property
    def blank(self) -> float:
        """The share of windows that are blank, as paper and drawn grounds are."""
        windows = self.agreement.windows
        return float((windows.held & (windows.power < BLANK)).sum() / max(1, windows.held.sum()))

    @cached_property
    def places(self) -> list[Place]:
        """The connected places that disagree, the largest first."""
        return places(self.disagreeing)

    def weight(self, place: Place) -> float:
        """
        Return how much a place disagrees: strong, large and beyond the noise.

        It is the error of its windows in shares of all windows, times the same error in multiples
        of the noise.
        """
        at = place.rows, place.columns
        windows, excess = (
            self.agreement.windows,
            self.agreement.windows.error / self.agreement.noise,
        )
        excess = np.minimum(excess, self._backwards.windows.error / self._backwards.noise)
        energy = float(windows.error[at].sum()) / max(1, int(windows.held.sum()))
        return energy * float(excess[at].sum())

    def box(self, place: Place) -> Rectangle:
        """Return the rectangle around what differs in a place, in shares of the grid."""
        differs = np.abs(self.agreement.ours - self.agreement.theirs) > VISIBLE_LEVELS
        covered = np.zeros_like(differs)
        for row, column in zip(place.rows.tolist(), place.columns.tolist(), strict=True):
            part = (
                slice(row * STEP, row * STEP + SIDE),
                slice(column * STEP, column * STEP + SIDE),
            )
            covered[part] = differs[part]
        if not covered.any():
            return place.box(STEP, SIDE, *self.size)
        rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
        return (
            float(columns[0] / self.size.width),
            float(rows[0] / self.size.height),
            float((columns[-1] + 1) / self.size.width),
            float((rows[-1] + 1) / self.size.height),
        )

    @property
    def _has_more_contrast(self) -> bool:
        return bool(self.before[self.held].var() >= self.after[self.held].var())

    @cached_property
    def _backwards(self) -> Agreement:
        """The agreement in the tones of the picture with more contrast."""
        return self._agreement(not self._has_more_contrast)

    def _agreement(self, forwards: bool) -> Agreement:
        """Return the agreement in the tones of the other picture, or of the reference."""
        before, after = self.before, self.after
        if forwards:
            before = ToneCurve.fitted(before, after, self.held).applied_to(before)
        else:
            after = ToneCurve.fitted(after, before, self.held).applied_to(after)
        ours, theirs, sigma = matched(before, after, self.held)
        return Agreement(ours, theirs, sigma, compare(ours, theirs, self.held))


def compared(
    reference: Planes,
    other: Planes,
    to_other: AffineMap,
    long_side: int = LONG_SIDE,
    share: float = SHARE_OF_VARIANCE,
) -> Comparison | None:
    """
    Return how two pictures compare under a map; None if they hardly overlap.

    `share` is what a window may disagree in, of the variances of both pictures.
    """
    size = _grid(reference, other, to_other, long_side)
    if min(size) < SMALLEST_SIDE:
        return None
    held = inside(size, to_other.matrix, EDGE) & unmixed(size, to_other, MIXED)
    if held.mean() < LEAST_HELD:
        return None
    return Comparison(to_other, reference.resized(size), other.warped(size, to_other), held, share)


def is_flat(planes: Planes) -> bool:
    """Return whether a picture has too few textured windows to be compared with another."""
    plane = planes.resized(planes.size.within(LONG_SIDE))
    if min(plane.shape) < SMALLEST_SIDE:
        return True
    return float((window_variances(plane) >= TEXTURED).mean()) < LEAST_TEXTURED


def unmixed(size: Size, to_other: AffineMap, margin: int) -> Mask:
    """
    Return where the pixels of the reference show nothing but it, shape (rows, columns).

    If the other picture shows more, `margin` pixels are left out at the edges.
    """
    clear = np.ones((size.height, size.width), dtype=bool)
    if to_other.area < 1:
        clear[:margin] = clear[-margin:] = False
        clear[:, :margin] = clear[:, -margin:] = False
    return clear


def _grid(reference: Planes, other: Planes, to_other: AffineMap, long_side: int) -> Size:
    """Return the size at which neither picture has to be enlarged."""
    detail = min(1.0, other.size.pixels * to_other.area / reference.size.pixels)
    return reference.size.within(min(long_side, reference.size.long * sqrt(detail)))


def _median(figures: Figures, otherwise: float) -> float:
    return median(figures) if len(figures) >= FEWEST else otherwise
