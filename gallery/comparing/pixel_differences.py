"""The difference of two pictures, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

WHITE = 255
# Renditions are compressed with losses: a step this small comes from that, and is invisible.
EQUAL = 8


@dataclass(frozen=True)
class PixelDifference:
    """The difference of each channel as `levels` from 0 to 255, shape (height, width, 3)."""

    levels: NDArray[np.uint8]

    @classmethod
    def of(cls, first: PillowImage.Image, second: PillowImage.Image) -> Self:
        """Compare two pictures in the proportions of the first, at the size of the smaller."""
        scale = min(1.0, second.width / first.width, second.height / first.height)
        size = (max(1, round(first.width * scale)), max(1, round(first.height * scale)))
        ours, theirs = (_levels(picture, size) for picture in (first, second))
        return cls(np.abs(ours - theirs).astype(np.uint8))

    @property
    def mean(self) -> float:
        """The mean difference in percent of that between black and white."""
        return 100 * float(self.levels.mean()) / WHITE

    @property
    def equal(self) -> float:
        """The percentage of pixels that differ in no channel by more than EQUAL levels."""
        return 100 * float((self.levels.max(axis=2) <= EQUAL).mean())

    @property
    def sentence(self) -> str:
        return f"mean difference {self.mean:.1f} %, {_percent(self.equal)} of pixels equal"

    def picture(self, gain: int = 1) -> PillowImage.Image:
        """Draw the difference: black where both are equal, `gain` times as bright elsewhere."""
        bright = np.minimum(self.levels.astype(np.uint16) * gain, WHITE)
        return PillowImage.fromarray(bright.astype(np.uint8))


def _levels(picture: PillowImage.Image, size: tuple[int, int]) -> NDArray[np.int16]:
    """Return the pixels of a picture at another size, shape (height, width, 3)."""
    resized = picture.convert("RGB")
    if resized.size != size:
        resized = resized.resize(size, PillowImage.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.int16)


def _percent(share: float) -> str:
    """Return a rounded percentage, but never 0 % or 100 % for a share that is not exactly that."""
    if 0 < share < 1 or 99 < share < 100:
        return "less than 1 %" if share < 1 else "more than 99 %"
    return f"{share:.0f} %"
