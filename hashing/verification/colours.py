"""
Whether the colours of two aligned pictures agree.

Chroma of the one picture has to follow from the other's by a few numbers for the whole picture: a
factor (saturation) and a shift in proportion to brightness (white balance, sepia). A free curve
for each channel would explain every hue away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.verification.figures import median
from hashing.verification.planes import Mask, Plane
from hashing.verification.regions import Place, places
from hashing.verification.tone import ToneCurve

Values = npt.NDArray[np.float64]
Chroma = npt.NDArray[np.float64]
"""Cb and Cr around zero, shape (2, cells)."""

# The long side of the grid on which colours are compared.
LONG_SIDE = 24
# Cells in which chroma is further off than this many levels, and than so many times the median,
# disagree.
LEAST_RESIDUAL, MEDIANS = 3.0, 3.5
# How much a residual of saturation counts, except where chroma is below this many levels.
SATURATION_WEIGHT, COLOURLESS = 0.4, 4.0
# A fit of less strength than this is good enough; fewer cells than this are no sample.
CLEAR, FEWEST_CELLS = 0.3, 12
# With less chroma than this, in levels, a picture has no hue.
LEAST_TONE = 4.0
ITERATIONS, TUKEY = 5, 4.685

# Rows give Cb and Cr from red, green and blue, and red, green and blue from Y, Cb and Cr (JFIF).
_TO_CHROMA = np.array([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
_TO_RGB = np.array([[1, 0, 1.402], [1, -0.344136, -0.714136], [1, 1.772, 0]])


@dataclass(frozen=True, eq=False)
class ColourAgreement:
    """
    How chroma of the second picture follows from the first.

    `factor` is that of saturation, `shift` the length of the shift at mid-grey in levels, `place`
    the place that disagrees most in cells of the grid (None without one), `strength` its residual
    spread over the whole area in levels, `chroma` and `other_chroma` the mean chroma of both,
    and `hues` and `other_hues` the share of it that is across the commonest hue.
    """

    factor: float
    shift: float
    place: Place | None
    strength: float
    chroma: float
    other_chroma: float
    hues: float
    other_hues: float


def colour_agreement(
    ours: tuple[Plane, Plane, Plane], theirs: tuple[Plane, Plane, Plane], held: Mask
) -> ColourAgreement:
    """Return how the colours of two pictures agree: Y, Cb and Cr on one grid each."""
    a, b = _Cells.of(ours, held), _Cells.of(theirs, held)
    described = (a.amount, b.amount, a.hues, b.hues)
    best = ColourAgreement(1.0, 0.0, None, 0.0, *described)
    if a.luma.size < FEWEST_CELLS:
        return best
    strength = np.inf
    for fit in _fits(a, b):
        place, found = _worst(fit.residuals, held)
        if found < strength:
            strength = found
            best = ColourAgreement(fit.factor, fit.shift, place, found, *described)
        if strength < CLEAR:
            break
    return best


@dataclass(frozen=True, eq=False)
class _Fit:
    residuals: Values
    factor: float
    shift: float

    @property
    def back(self) -> _Fit:
        return _Fit(self.residuals, 1 / max(self.factor, 0.01), self.shift)


def _fits(a: _Cells, b: _Cells) -> Iterator[_Fit]:
    """Yield how the chroma of each follows from the other's, as it is or after its tones."""
    # The more colourful picture has lost nothing, so it is asked first.
    for source, target in ((b, a), (a, b)) if a.amount < b.amount else ((a, b), (b, a)):
        for chroma in (source.chroma, source.toned(target)):
            fit = _fitted(chroma, target)
            yield fit if source is a else fit.back


def _worst(residuals: Values, held: Mask) -> tuple[Place | None, float]:
    """Return the place that disagrees most, and its strength."""
    off, lengths = np.zeros(held.shape, dtype=bool), np.zeros(held.shape)
    off[held] = residuals > max(LEAST_RESIDUAL, MEDIANS * median(residuals))
    lengths[held] = residuals
    found = [(_strength(place, lengths, held), place) for place in places(off)]
    strength, place = max(found, key=lambda pair: pair[0], default=(0.0, None))
    return place, strength


def _strength(place: Place, lengths: Values, held: Mask) -> float:
    """Return the residual in a place, spread over the whole area, in levels."""
    return float(lengths[place.rows, place.columns].sum() / max(1, int(held.sum())))


@dataclass(frozen=True, eq=False)
class _Cells:
    luma: Values
    chroma: Chroma

    @classmethod
    def of(cls, planes: tuple[Plane, Plane, Plane], held: Mask) -> _Cells:
        luma, blue, red = (plane[held].astype(np.float64) for plane in planes)
        return cls(luma, np.stack([blue, red]) - 128)

    @property
    def amount(self) -> float:
        """The mean length of chroma, in levels."""
        return float(np.hypot(*self.chroma).mean()) if self.luma.size else 0.0

    @property
    def hues(self) -> float:
        """The mean chroma across the commonest hue, relative to all; near 0 for sepia."""
        if self.amount < LEAST_TONE:
            return 1.0
        _, axes = np.linalg.eigh(self.chroma @ self.chroma.T)
        return float(np.abs(axes[:, 0] @ self.chroma).mean()) / self.amount

    def toned(self, target: _Cells) -> Chroma:
        """Return chroma after the tone curve to `target` on each of red, green and blue."""
        everywhere = np.ones(self.luma.shape, dtype=bool)
        curve = ToneCurve.fitted(self.luma, target.luma, everywhere)
        rgb = _TO_RGB @ np.stack([self.luma, *self.chroma])
        chroma: Chroma = _TO_CHROMA @ curve.applied_to(np.clip(rgb, 0, 255))
        return chroma


def _fitted(chroma: Chroma, target: _Cells) -> _Fit:
    """Return the residual of each cell, the factor and the shift at mid-grey."""
    zeros = np.zeros_like(target.luma)
    design = np.stack(
        [
            chroma.ravel(),
            np.concatenate([target.luma, zeros]),
            np.concatenate([zeros, target.luma]),
        ]
    )
    values, weights = target.chroma.ravel(), np.ones(2 * target.luma.size)
    solved, lengths = np.zeros(3), zeros
    for _ in range(ITERATIONS):
        weighted = design * weights
        solved = np.linalg.solve(weighted @ design.T + np.eye(3), weighted @ values)
        solved[0] = max(0.0, solved[0])
        expected = (solved @ design).reshape(2, -1)
        lengths = _lengths(values.reshape(2, -1) - expected, expected)
        limit = TUKEY * max(1.0, 1.25 * median(lengths))
        weights = np.tile(np.clip(1 - (lengths / limit) ** 2, 0, None) ** 2, 2)
    clipped = _clipped((solved @ design).reshape(2, -1), target.luma)
    lengths = np.minimum(lengths, _lengths(values.reshape(2, -1) - clipped, clipped))
    return _Fit(lengths, float(solved[0]), 128 * float(np.hypot(solved[1], solved[2])))


def _clipped(chroma: Chroma, luma: Values) -> Chroma:
    """Return `chroma` as far as red, green and blue can show it at this `luma`."""
    clipped: Chroma = _TO_CHROMA @ np.clip(_TO_RGB @ np.stack([luma, *chroma]), 0, 255)
    return clipped


def _lengths(residuals: Chroma, expected: Chroma) -> Values:
    """
    Return the length of each residual, in which another saturation counts less than another hue.

    Clipping and tone curves change saturation from place to place, but hardly the hue.
    """
    amounts = np.hypot(*expected)
    directions = expected / np.maximum(amounts, 1e-6)
    along = (residuals * directions).sum(axis=0)
    across = np.hypot(*(residuals - along * directions))
    weight = np.where(amounts < COLOURLESS, 1.0, SATURATION_WEIGHT)
    lengths: Values = np.hypot(across, weight * along)
    return lengths
