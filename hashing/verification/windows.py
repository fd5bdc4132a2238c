"""Two aligned pictures compared window by window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.verification.planes import Mask, Plane

Figures = npt.NDArray[np.float32]
"""A figure for each window, shape (rows, columns) of windows."""

# Windows are so many pixels wide and high, and begin every STEP pixels.
SIDE, STEP = 8, 4
SHIFTS = tuple((down, across) for down in (0, -1, 1) for across in (0, -1, 1))


@dataclass(frozen=True, eq=False)
class Windows:
    """
    How two planes agree in each window.

    `error` is the variance of their difference at the best of the small shifts, `ours` and
    `theirs` their own variances, `held` whether both pictures are there, `step` the difference of
    their means.
    """

    error: Figures
    ours: Figures
    theirs: Figures
    step: Figures
    held: Mask

    @property
    def power(self) -> Figures:
        """The larger of both variances."""
        return np.maximum(self.ours, self.theirs)


def compare(ours: Plane, theirs: Plane, held: Mask) -> Windows:
    """Return how two planes of one shape agree in each window."""
    rows, columns = (STEP * (side // STEP) for side in ours.shape)
    ours, theirs, held = ours[:rows, :columns], theirs[:rows, :columns], held[:rows, :columns]
    padded = np.pad(theirs, 1, mode="edge")
    errors = []
    for down, across in SHIFTS:
        shifted = padded[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]
        errors.append(variances(ours - shifted))
    return Windows(
        np.minimum.reduce(errors),
        variances(ours),
        variances(theirs),
        means(ours - theirs),
        means(held.astype(np.float32)) > 0.999,
    )


def means(plane: Plane) -> Figures:
    """Return the mean of each window, shape (rows, columns) of windows."""
    rows, columns = plane.shape
    blocks = plane.reshape(rows // STEP, STEP, columns // STEP, STEP).mean(axis=(1, 3))
    across = blocks[:, :-1] + blocks[:, 1:]
    windows: Figures = (across[:-1] + across[1:]) / 4
    return windows


def variances(plane: Plane) -> Figures:
    """Return the variance of each window, shape (rows, columns) of windows."""
    result: Figures = np.maximum(means(plane * plane) - means(plane) ** 2, 0)
    return result
