"""The same places of two pictures, sampled into two arrays that can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.keypoints.projection import Projection
from hashing.pictures import Preview

Floats = npt.NDArray[np.float32]
Levels = npt.NDArray[np.float32]
"""Gray levels from 0 to 255, shape (rows, columns)."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Gray:
    """A gray picture that can be sampled anywhere."""

    levels: Levels

    @classmethod
    def of(cls, preview: Preview, size: tuple[int, int]) -> Gray:
        """Return `preview` in gray and at most `size`, width and height, large."""
        image = Image.fromarray(preview.pixels).convert("L")
        size = min(size[0], image.width), min(size[1], image.height)
        if size != image.size:
            image = image.resize(size, Image.Resampling.BOX)
        return cls(np.asarray(image).astype(np.float32))

    def at(self, x: Floats, y: Floats) -> tuple[Levels, Mask]:
        """Return bilinear samples at `x` and `y`, shares, and which of these are in the picture."""
        height, width = self.levels.shape
        inside = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
        x = np.clip(x * np.float32(width) - np.float32(0.5), 0, width - np.float32(1.001))
        y = np.clip(y * np.float32(height) - np.float32(0.5), 0, height - np.float32(1.001))
        left, top = x.astype(np.int64), y.astype(np.int64)
        right, low = x - left.astype(np.float32), y - top.astype(np.float32)
        place = top * width + left
        flat = self.levels.ravel()
        upper, lower = flat.take(place), flat.take(place + width)
        upper += (flat.take(place + 1) - upper) * right
        lower += (flat.take(place + (width + 1)) - lower) * right
        upper += (lower - upper) * low
        return upper, inside


@dataclass(frozen=True)
class Lattice:
    """Places in a picture, as shares of its width and height."""

    x: Floats
    y: Floats

    @classmethod
    def of(cls, rows: int, columns: int) -> Lattice:
        """Return places all over the picture, in `rows` and `columns`."""
        across = (np.arange(columns, dtype=np.float32) + np.float32(0.5)) / np.float32(columns)
        down = (np.arange(rows, dtype=np.float32) + np.float32(0.5)) / np.float32(rows)
        return cls(np.tile(across, (rows, 1)), np.tile(down[:, None], (1, columns)))

    def through(self, projection: Projection) -> tuple[Floats, Floats]:
        """Return where `projection` takes the places."""
        (a, b, c), (d, e, f), (g, h, i) = projection.astype(np.float32)
        x, y = self.x, self.y
        depth = np.maximum(g * x + h * y + i, np.float32(0.05))
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
