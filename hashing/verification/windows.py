"""Two aligned pictures compared window by window."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from hashing.verification.planes import Mask, Plane

Figures = npt.NDArray[np.float32]
"""A figure for each window, shape (rows, columns) of windows."""

# Windows are so many pixels wide and high, and begin every STEP pixels.
SIDE, STEP = 8, 4
# Windows with at least this share of pixels in both pictures are compared.
LEAST_HELD = 0.6
SHIFTS = tuple(product(range(3), range(3)))


@dataclass(frozen=True, eq=False)
class Windows:
    """
    How two planes agree in each window.

    `error` is the variance of their difference at the best of the small shifts, `ours` and
    `theirs` their own variances, `held` whether both pictures are there.
    """

    error: Figures
    ours: Figures
    theirs: Figures
    held: Mask

    @property
    def power(self) -> Figures:
        """The larger of both variances."""
        return np.maximum(self.ours, self.theirs)


def compare(ours: Plane, theirs: Plane, held: Mask) -> Windows:
    """
    Return how two planes of one shape agree in each window.

    Where one of the pictures is not, it is taken to agree, and windows that are mostly there count.
    """
    theirs = np.where(held, theirs, ours)
    rows, columns = (STEP * (side // STEP) for side in ours.shape)
    ours, theirs, held = ours[:rows, :columns], theirs[:rows, :columns], held[:rows, :columns]
    padded = np.pad(theirs, 1, mode="edge")
    shifted = np.stack([padded[down:, across:][:rows, :columns] for down, across in SHIFTS])
    return Windows(
        variances(ours - shifted).min(axis=0),
        variances(ours),
        variances(theirs),
        means(held.astype(np.float32)) >= LEAST_HELD,
    )


def window_variances(plane: Plane) -> Figures:
    """Return the variance of each window of a plane of any shape."""
    rows, columns = (STEP * (side // STEP) for side in plane.shape)
    return variances(plane[:rows, :columns])


def means(plane: Plane) -> Figures:
    """Return the mean of each window of planes (…, rows, columns), in the last two axes."""
    columns = sum((plane[..., start::STEP] for start in range(1, STEP)), plane[..., ::STEP])
    columns = columns[..., :-1] + columns[..., 1:]
    rows = sum((columns[..., start::STEP, :] for start in range(1, STEP)), columns[..., ::STEP, :])
    windows: Figures = (rows[..., :-1, :] + rows[..., 1:, :]) / np.float32(SIDE * SIDE)
    return windows


def variances(plane: Plane) -> Figures:
    """Return the variance of each window of planes (…, rows, columns), in the last two axes."""
    result: Figures = np.maximum(means(plane * plane) - means(plane) ** 2, 0)
    return result
