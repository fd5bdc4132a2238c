"""The same places of two pictures, sampled into two arrays that can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.keypoints.placement import Affine
from hashing.pictures import Preview

Levels = npt.NDArray[np.float32]
"""Gray levels from 0 to 255, shape (rows, columns)."""
Mask = npt.NDArray[np.bool_]


class Samples(NamedTuple):
    """Levels of a picture at some places, its slopes there, and which places lie inside it."""

    levels: Levels
    across: Levels
    down: Levels
    inside: Mask


@dataclass(frozen=True)
class Gray:
    """A gray picture that can be sampled anywhere."""

    levels: Levels
    across: Levels
    down: Levels

    @classmethod
    def of(cls, preview: Preview, size: tuple[int, int], is_negative: bool = False) -> Gray:
        """Return `preview` in gray and at most `size`, width and height, large."""
        image = Image.fromarray(preview.pixels).convert("L")
        size = min(size[0], image.width), min(size[1], image.height)
        if size != image.size:
            image = image.resize(size, Image.Resampling.BOX)
        levels = np.asarray(image).astype(np.float32)
        if is_negative:
            levels = 255 - levels
        down, across = np.gradient(levels) if min(size) > 1 else (levels * 0, levels * 0)
        return cls(levels, across, down)

    def at(self, x: Levels, y: Levels) -> Samples:
        """Return bilinear samples at `x` and `y`, shares of the width and height."""
        height, width = self.levels.shape
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
        x = np.clip(x * width - 0.5, 0, width - 1.001)
        y = np.clip(y * height - 0.5, 0, height - 1.001)
        left, top = x.astype(np.int64), y.astype(np.int64)
        right, low = x - left, y - top
        place = top * width + left
        corners = (
            (place, (1 - right) * (1 - low)),
            (place + 1, right * (1 - low)),
            (place + width, (1 - right) * low),
            (place + width + 1, right * low),
        )
        sampled = (
            sum(plane.ravel().take(index, mode="clip") * weight for index, weight in corners)
            for plane in (self.levels, self.across, self.down)
        )
        return Samples(*(values.astype(np.float32) for values in sampled), inside)


@dataclass(frozen=True)
class Lattice:
    """Places in rows and columns over a whole picture, as shares of its width and height."""

    x: Levels
    y: Levels

    @classmethod
    def of(cls, rows: int, columns: int) -> Lattice:
        across = (np.arange(columns, dtype=np.float32) + 0.5) / columns
        down = (np.arange(rows, dtype=np.float32) + 0.5) / rows
        x, y = np.meshgrid(across, down)
        return cls(x, y)

    def through(self, affine: Affine) -> tuple[Levels, Levels]:
        """Return where `affine` takes the places."""
        (a, b, c), (d, e, f) = affine.astype(np.float32)
        return a * self.x + b * self.y + c, d * self.x + e * self.y + f
