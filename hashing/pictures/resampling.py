"""
The gray levels that hashes compare, of a picture that was decoded at a reduced scale.

Each hash shrinks the picture in its own way. Doing so is most of the work, and all of it weighs
the same rows of pixels: one product with a matrix does it for all. Lanczos windows and the rounding
to whole levels after each direction are those of Pillow (Resample.c), so that the levels
are those that ImageHash would see of every pixel, but for one in twenty, by one.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

Levels = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float]  # left, top, right, bottom in pixels, as Pillow has it

# Columns of the matrix: Lanczos to 32, 9 and 8 pixels, and the mean of each eighth.
PERCEPTUAL, DIFFERENCE, AVERAGE, MEANS = (
    slice(0, 32),
    slice(32, 41),
    slice(41, 49),
    slice(49, 57),
)
LANCZOS_SUPPORT = 3
# Rows that are multiplied at a time.
STRIP = 64


@dataclass(frozen=True)
class GrayLevels:
    """A picture of 32 by 32, of 8 rows by 9 columns, and of 8 by 8 levels, and its 64 means."""

    perceptual: Levels
    difference: Levels
    average: Levels
    means: Levels


def gray_levels(gray: Image.Image, extent: Extent) -> GrayLevels:
    """
    Return the levels (0 to 255) of what lies inside `extent` of `gray`, in mode L.

    All are whole, as pixels are, but for `means`.
    """
    left, top, right, bottom = extent
    across = _weights(gray.width, left, right)
    down = _weights(gray.height, top, bottom).T
    rows = _product(np.asarray(gray), across)
    whole = _rounded(rows[:, : AVERAGE.stop])
    eighths = _rounded(down[AVERAGE] @ whole[:, DIFFERENCE.start :])
    return GrayLevels(
        perceptual=_rounded(down[PERCEPTUAL] @ whole[:, PERCEPTUAL]),
        difference=eighths[:, :9],
        average=eighths[:, 9:],
        means=down[MEANS] @ rows[:, MEANS],
    )


def _product(pixels: npt.NDArray[np.uint8], weights: Levels) -> Levels:
    """Return `pixels` @ `weights`, strip by strip: large new arrays take as long as the sums."""
    product = np.empty((len(pixels), weights.shape[1]), dtype=np.float32)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP].astype(np.float32)
        np.matmul(strip, weights, out=product[top : top + STRIP])
    return product


def _rounded(levels: Levels) -> Levels:
    return np.clip(np.floor(levels + 0.5), 0, 255)


@lru_cache(maxsize=32)
def _weights(pixels: int, begin: float, end: float) -> Levels:
    """Return what each of `pixels` in a row contributes, shape (pixels, 57), if they end so."""
    centres: Weights = np.arange(pixels, dtype=np.float64) + 0.5 - begin
    columns = [_lanczos(centres, end - begin, parts) for parts in (32, 9, 8)]
    columns.append(_shares(centres, end - begin, 8))
    return np.hstack([part / part.sum(axis=0) for part in columns]).astype(np.float32)


def _lanczos(
    centres: npt.NDArray[np.float64], length: float, parts: int
) -> npt.NDArray[np.float64]:
    scale = length / parts
    offsets = (centres[:, None] - scale * (np.arange(parts) + 0.5)) / max(scale, 1)
    windows = np.sinc(offsets) * np.sinc(offsets / LANCZOS_SUPPORT)
    return np.where(np.abs(offsets) < LANCZOS_SUPPORT, windows, 0)


def _shares(centres: Weights, length: float, parts: int) -> Weights:
    """Return how much of each pixel lies in each part; what is outside belongs to the nearest."""
    borders = np.arange(1, parts) * (length / parts)
    left = np.clip(borders - centres[:, None] + 0.5, 0, 1)  # the share left of each border
    padded = np.hstack([np.zeros_like(left[:, :1]), left, np.ones_like(left[:, :1])])
    return np.diff(padded)
