"""Statistics of the colours and the brightness of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

# Pictures are reduced to squares of this side before they are measured.
SIDE = 64
# All limits are in levels of 256 and were measured on edited photographs that were compressed
# again. Grey pictures have at most this chroma, others at least that.
GREY, COLOURED = 3.0, 6.0
# In a toned picture lightness determines the chroma, up to this share of it. Some photographs
# come close to that, so the chroma must have moved as well.
TONED, TINTED, MOVED = 0.08, 16.0, 5.0
# Logos and compression change the brightness of the middle by less.
BRIGHTENED = 12.0


@dataclass(frozen=True)
class ColourStatistics:
    """
    The colours of a picture in a few numbers, all in levels of 256.

    `chroma` is the distance from grey that 98 % of the pixels do not exceed, and `residue` the part
    of it that their lightness does not explain; `light` is the mean luma of the middle, `blue` and
    `red` are the means of the two chroma channels.
    """

    chroma: float
    residue: float
    light: float
    blue: float
    red: float

    @classmethod
    def of(cls, picture: PillowImage.Image) -> Self:
        """Measure the pixels of `picture`."""
        colours = picture.convert("RGB").convert("YCbCr")
        small = colours.resize((SIDE, SIDE), PillowImage.Resampling.BOX)
        levels = np.asarray(small, dtype=np.float64)
        middle = levels[SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4, 0]
        light, blue, red = levels.reshape(-1, 3).T - [[0], [128], [128]]
        return cls(
            chroma=float(np.percentile(np.hypot(blue, red), 98)),
            residue=max(_residue(light, blue), _residue(light, red)),
            light=float(middle.mean()),
            blue=float(blue.mean()),
            red=float(red.mean()),
        )

    def change(self, other: ColourStatistics) -> str:
        """Return words for the change from these colours to `other`; "" for a small one."""
        return self._change_of_tone(other) or self._change_of_light(other)

    def _change_of_tone(self, other: ColourStatistics) -> str:
        if other.chroma <= GREY and self.chroma >= COLOURED:
            return "in black and white"
        gains_colour = self.chroma <= GREY and other.chroma >= COLOURED
        has_moved = hypot(other.blue - self.blue, other.red - self.red) >= MOVED
        if gains_colour or (has_moved and (other.is_sepia or self.is_sepia)):
            return "in sepia" if other.is_sepia else "in colour"
        return ""

    def _change_of_light(self, other: ColourStatistics) -> str:
        difference = other.light - self.light
        if abs(difference) < BRIGHTENED:
            return ""
        return "brighter" if difference > 0 else "darker"

    @property
    def is_sepia(self) -> bool:
        """Whether the picture has the brown of an old print, or of a sunset."""
        is_toned = self.chroma >= TINTED and self.residue <= TONED * self.chroma
        return is_toned and self.blue < 0 < self.red


def _residue(light: NDArray[np.float64], chroma: NDArray[np.float64]) -> float:
    """Return the root mean square of `chroma`, shape (n,), less its best cubic in `light`."""
    powers = np.vander(light / 255, 4)
    fit, *_ = np.linalg.lstsq(powers, chroma, rcond=None)
    return float(np.sqrt(np.square(chroma - powers @ fit).mean()))
