"""A picture at eight scales, and its smoothed levels side by side in one array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Level = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]

# The long side of the largest level in pixels, how many levels there are, and the factor between
# one and the next.
LONG_SIDE, LEVELS, STEP = 256, 8, 1.25
# Levels with a shorter side than this have no room for a keypoint.
SHORTEST = 26


def levels(gray: Image.Image) -> list[Level]:
    """Return `gray`, in mode L, at each scale, largest first; a small picture has fewer levels."""
    scale = min(1.0, LONG_SIDE / max(gray.size))
    width, height = (max(1, round(scale * side)) for side in gray.size)
    image = gray
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    found: list[Level] = []
    for number in range(LEVELS):
        size = round(width / STEP**number), round(height / STEP**number)
        if min(size) < SHORTEST:
            break
        if number:
            image = image.resize(size, Image.Resampling.BILINEAR)
        found.append(np.asarray(image))
    return found


@dataclass(frozen=True)
class SmoothLevels:
    """
    The levels of a picture, smoothed over 3 by 3 pixels, one below the other.

    `flat` holds rows of `stride` sums of nine levels each. Pixel (x, y) of level i is at
    `origins[i] + y * stride + x`; around every level its edge is repeated for `padding` pixels.
    """

    flat: npt.NDArray[np.uint16]
    stride: int
    origins: Positions

    @classmethod
    def of(cls, pictures: list[Level], stride: int, padding: int) -> SmoothLevels:
        """Return smoothed `pictures`, none wider than `stride` less twice the `padding`."""
        tops = np.cumsum([0] + [len(level) + 2 * padding for level in pictures])
        canvas = np.zeros((tops[-1], stride), dtype=np.uint16)
        for level, top in zip(pictures, tops[:-1].tolist(), strict=True):
            _place(canvas[top : top + len(level) + 2 * padding], level, padding)
        return cls(canvas.ravel(), stride, (tops[:-1] + padding) * stride + padding)


def _place(canvas: npt.NDArray[np.uint16], level: Level, padding: int) -> None:
    """Write smoothed `level` into `canvas`, with its edges repeated for `padding` pixels."""
    height, width = level.shape
    wide = level.astype(np.uint16)
    rows = wide[:, :-2] + wide[:, 1:-1]
    rows += wide[:, 2:]
    inner = canvas[padding + 1 : padding + height - 1, padding + 1 : padding + width - 1]
    np.add(rows[:-2], rows[1:-1], out=inner)
    inner += rows[2:]
    # The outermost pixels have no full neighbourhood; they repeat their neighbours too.
    left, right = padding + 1, padding + width - 2
    canvas[:, :left] = canvas[:, left, None]
    canvas[:, right + 1 : width + 2 * padding] = canvas[:, right, None]
    canvas[: padding + 1] = canvas[padding + 1]
    canvas[padding + height - 1 :] = canvas[padding + height - 2]
