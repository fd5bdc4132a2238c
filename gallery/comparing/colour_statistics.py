"""How the colours and the light of two pictures differ that are one picture otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

SIDE = 64
# All in levels of 256, measured on edited photographs that were compressed again: what grey
# pictures have of chroma, and what any other has at least.
GREY, COLOURED = 3.0, 6.0
# In a toned picture lightness decides the chroma, but for this share of it. Some photographs come
# near that, so the chroma has to have moved too.
TONED, TINTED, MOVED = 0.08, 16.0, 5.0
# Logos and compression change the lightness of the middle by less.
BRIGHTENED = 12.0


@dataclass(frozen=True)
class Tones:
    """
    The colours of a picture in a few numbers.

    `chroma` is how far nearly all pixels are from grey at the most, `residue` what their lightness
    does not explain of it; `light` is the mean luma of the middle, `blue` and `red` are the means
    of both chromas.
    """

    chroma: float
    residue: float
    light: float
    blue: float
    red: float

    @classmethod
    def of(cls, picture: PillowImage.Image) -> Self:
        """Look at the pixels of `picture`."""
        colours = picture.convert("RGB").convert("YCbCr")
        small = colours.resize((SIDE, SIDE), PillowImage.Resampling.BOX)
        levels = np.asarray(small, dtype=np.float64)
        middle = levels[SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4, 0]
        light, blue, red = levels.reshape(-1, 3).T - [[0], [128], [128]]
        return cls(
            float(np.percentile(np.hypot(blue, red), 98)),
            max(_residue(light, blue), _residue(light, red)),
            *(float(some.mean()) for some in (middle, blue, red)),
        )

    def change(self, other: Tones) -> str:
        """Say what was done to the colours or the light to make `other`; nothing if not much."""
        if other.chroma <= GREY and self.chroma >= COLOURED:
            return "in grey"
        if self.chroma <= GREY and other.chroma >= COLOURED:
            return "in sepia tones" if other.is_sepia else "in colour"
        moved = hypot(other.blue - self.blue, other.red - self.red) >= MOVED
        if moved and (other.is_sepia or self.is_sepia):
            return "in sepia tones" if other.is_sepia else "in colour"
        brighter = other.light - self.light
        if abs(brighter) < BRIGHTENED:
            return ""
        return "brighter" if brighter > 0 else "darker"

    @property
    def is_sepia(self) -> bool:
        """Whether the picture has the brown of an old print, or of a setting sun."""
        is_toned = self.chroma >= TINTED and self.residue <= TONED * self.chroma
        return is_toned and self.blue < 0 < self.red


def _residue(light: NDArray[np.float64], chroma: NDArray[np.float64]) -> float:
    """Return the root mean square of what a cubic of `light` leaves of `chroma`."""
    powers = np.vander(light / 255, 4)
    fit, *_ = np.linalg.lstsq(powers, chroma, rcond=None)
    return float(np.sqrt(np.square(chroma - powers @ fit).mean()))
