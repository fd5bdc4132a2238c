"""
Lanczos resampling as a matrix product, for pictures decoded at a reduced scale.

Each hash shrinks the picture in its own way. That is most of the work, and all of it weights the
same rows of pixels, so one product with a matrix does it for all hashes. The Lanczos window and
the rounding to whole levels after each direction are those of Pillow (Resample.c). The levels
equal those that ImageHash computes from all pixels, except that one in twenty differs by 1.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

Levels = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float]  # left, top, right, bottom in pixels, as in Pillow

# Columns of the matrix: Lanczos to 32, 9 and 8 pixels, and the means of eighths.
PERCEPTUAL, DIFFERENCE, AVERAGE, MEANS = (
    slice(0, 32),
    slice(32, 41),
    slice(41, 49),
    slice(49, 57),
)
LANCZOS_SUPPORT = 3
# Rows multiplied at a time.
STRIP = 64


@dataclass(frozen=True)
class ReducedGray:
    """
    A gray picture reduced for each hash, with levels from 0 to 255.

    Shapes are (32, 32), (8, 9) and (8, 8) in whole levels, and (8, 8) for the exact `means`.
    """

    perceptual: Levels
    difference: Levels
    average: Levels
    means: Levels


def reduced_gray(gray: Image.Image, extent: Extent) -> ReducedGray:
    """Return the part of `gray`, in mode L, inside `extent`, reduced for each hash."""
    left, top, right, bottom = extent
    across = _weights(gray.width, left, right)
    down = _weights(gray.height, top, bottom).T
    rows = _product(np.asarray(gray), across)
    whole = _rounded(rows[:, : AVERAGE.stop])
    eighths = _rounded(down[AVERAGE] @ whole[:, DIFFERENCE.start :])
    return ReducedGray(
        perceptual=_rounded(down[PERCEPTUAL] @ whole[:, PERCEPTUAL]),
        difference=eighths[:, :9],
        average=eighths[:, 9:],
        means=down[MEANS] @ rows[:, MEANS],
    )


def _product(pixels: npt.NDArray[np.uint8], weights: Levels) -> Levels:
    """Return `pixels` @ `weights`, strip by strip, to avoid a large intermediate array."""
    product = np.empty((len(pixels), weights.shape[1]), dtype=np.float32)
    for top in range(0, len(pixels), STRIP):
        strip = pixels[top : top + STRIP].astype(np.float32)
        np.matmul(strip, weights, out=product[top : top + STRIP])
    return product


def _rounded(levels: Levels) -> Levels:
    rounded: Levels = np.floor(levels + np.float32(0.5))
    return np.clip(rounded, 0, 255)


@lru_cache(maxsize=32)
def _weights(pixels: int, begin: float, end: float) -> Levels:
    """
    Return the weight of each of `pixels` columns for every output column, shape (pixels, 57).

    The picture is between `begin` and `end`, in pixels.
    """
    centres: Weights = np.arange(pixels, dtype=np.float64) + 0.5 - begin
    columns = [_lanczos(centres, end - begin, parts) for parts in (32, 9, 8)]
    columns.append(_shares(centres, end - begin, 8))
    return np.hstack([part / part.sum(axis=0) for part in columns]).astype(np.float32)


def _lanczos(centres: Weights, length: float, parts: int) -> Weights:
    """Return weights of pixels with these `centres` in each of `parts`, shape (pixels, parts)."""
    scale = length / parts
    offsets = (centres[:, None] - scale * (np.arange(parts) + 0.5)) / max(scale, 1)
    windows = np.sinc(offsets) * np.sinc(offsets / LANCZOS_SUPPORT)
    return np.where(np.abs(offsets) < LANCZOS_SUPPORT, windows, 0)


def _shares(centres: Weights, length: float, parts: int) -> Weights:
    """Return the share of each pixel in each part; the outermost parts include what is outside."""
    borders = np.arange(1, parts) * (length / parts)
    left = np.clip(borders - centres[:, None] + 0.5, 0, 1)  # the share left of each border
    padded = np.hstack([np.zeros_like(left[:, :1]), left, np.ones_like(left[:, :1])])
    return np.diff(padded)
