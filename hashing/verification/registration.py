"""
Registration: the affine map that lays one picture on another.

Gauss-Newton in the inverse compositional form (S. Baker and I. Matthews, "Lucas-Kanade 20 Years
On: A Unifying Framework", IJCV 56(3), 2004). Gain and offset of the brightness are solved together
with the six parameters, and Tukey's weights keep what was painted over from pulling at the map.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from hashing.verification.affine import Matrix
from hashing.verification.figures import median
from hashing.verification.planes import Mask, Plane, Size, grid

Levels = npt.NDArray[np.float32]
"""Values of pixels, shape (pixels,), or (pixels, parameters) for a design matrix."""

# Tukey's constant: residuals beyond so many standard deviations have no weight.
TUKEY = 4.685
# Pixels above this rank of change, from 0 to 1, are edges.
EDGE_RANK = 0.8
# The smallest standard deviation of residuals, in levels, so that equal pictures are no trouble.
LEAST_DEVIATION = 1.5
# A map is given up if the pictures overlap in less than this share of the reference, or if it
# comes to change areas by more than this factor.
LEAST_OVERLAP, MOST_SCALING = 0.3, 3.0
# The brightness of the one picture has to follow that of the other at least so much.
LEAST_GAIN = 0.05
# Iterations end if no corner of the reference moves by more than so many pixels.
STILL = 0.04


class Registration:
    """
    Lays `other` on `reference`, both gray and with about as many pixels for the same thing.

    Maps are matrices of shape (3, 3), from points of the reference to points of the other picture
    in shares of their sides.
    """

    def __init__(self, reference: Plane, other: Plane) -> None:
        self.other = other
        self.levels = reference.ravel()
        self.size = Size(reference.shape[1], reference.shape[0])
        self._reference = reference
        x, y = grid(self.size)
        self._points = np.stack([x, y, np.ones_like(x)]).astype(np.float32)

    def correlation(self, to_other: Matrix) -> float:
        """Return Pearson's correlation where both pictures are; -1 if that is too little."""
        samples, held = self.sampled(to_other)
        if held.mean() < LEAST_OVERLAP:
            return -1.0
        a, b = self.levels[held], samples[held]
        a, b = a - a.mean(), b - b.mean()
        return float(a @ b / max(1e-6, float(np.sqrt((a @ a) * (b @ b)))))

    def refined(self, to_other: Matrix, iterations: int) -> Matrix | None:
        """Return the map near `to_other` that fits best; None if it runs away."""
        area = abs(np.linalg.det(to_other))
        trust = np.ones(self.levels.shape, dtype=np.float32)
        for step in range(iterations):
            samples, held = self.sampled(to_other)
            if step:
                trust = self._trust(samples, held, trust)
            change = self._change(samples, held * trust)
            to_other = to_other @ np.linalg.inv(change)
            scaling = abs(np.linalg.det(to_other)) / area
            if held.mean() < LEAST_OVERLAP or not 1 / MOST_SCALING < scaling < MOST_SCALING:
                return None
            if _movement(change, self.size) < STILL:
                break
        return to_other

    def sampled(self, to_other: Matrix) -> tuple[Levels, Mask]:
        """Return the other picture at each pixel of the reference, and whether it is there."""
        rows, columns = self.other.shape
        scale = np.array([[columns], [rows]], dtype=np.float32)
        u, v = (to_other[:2].astype(np.float32) * scale) @ self._points - np.float32(0.5)
        held = (u > -0.5) & (u < columns - 0.5) & (v > -0.5) & (v < rows - 0.5)
        u, v = np.clip(u, 0, columns - 1.001), np.clip(v, 0, rows - 1.001)
        left, top = u.astype(np.intp), v.astype(np.intp)
        u, v = u - left, v - top
        flat, right, below = self.other.ravel(), int(columns > 1), columns * int(rows > 1)
        corner = top * columns + left
        at = flat[corner]
        above = at + (flat[corner + right] - at) * u
        under = flat[corner + below]
        under += (flat[corner + below + right] - under) * u
        return above + (under - above) * v, held

    @cached_property
    def _design(self) -> Levels:
        """How each pixel changes with each parameter and with gain and offset: (pixels, 8)."""
        down, across = np.gradient(self._reference)
        across, down = across.ravel(), down.ravel()
        x, y = self._points[:2] - np.float32(0.5)
        columns = [across * x, across * y, across, down * x, down * y, down]
        design = np.stack([*columns, self.levels / 128, np.ones_like(x)], axis=1)
        return design.astype(np.float32)

    @cached_property
    def _edges(self) -> Mask:
        """The pixels that change most. Residuals there are large until the map is right."""
        change = np.abs(self._design[:, 2]) + np.abs(self._design[:, 5])
        rank = int(EDGE_RANK * (change.size - 1))
        edges: Mask = change >= np.partition(change, rank)[rank]
        return edges

    def _trust(self, samples: Levels, held: Mask, before: Levels) -> Levels:
        """Return how far each pixel is to be trusted, from 0 to 1, given how far it was."""
        brightness = self._design[:, 6:]
        fit = brightness @ _solved(brightness, samples, held * before)
        return _tukey(samples - fit, held & self._edges)

    def _change(self, samples: Levels, weights: Levels) -> Matrix:
        """Return the change of the map that explains `samples` best, shape (3, 3)."""
        solved = _solved(self._design, samples, weights)
        gain = solved[6] / 128
        linear = solved[:6].reshape(2, 3).astype(np.float64)
        linear *= [[1 / self.size.width], [1 / self.size.height]]
        linear /= gain if abs(gain) > LEAST_GAIN else np.inf
        change = np.eye(3)
        change[:2] += linear
        # The parameters are about the centre of the reference.
        change[:2, 2] -= 0.5 * linear[:, :2].sum(axis=1)
        return change


def _solved(design: Levels, samples: Levels, weights: Levels) -> Levels:
    """Return the weighted least-squares solution, shape (parameters,)."""
    weighted = design * weights[:, None]
    normal = (weighted.T @ design).astype(np.float64)
    ridge = np.diag(1e-6 * normal.diagonal() + 1e-6)
    solution: Levels = np.linalg.solve(normal + ridge, (samples @ weighted).astype(np.float64))
    return solution.astype(np.float32)


def _tukey(residuals: Levels, sample: Mask) -> Levels:
    """Return the weight of each residual; `sample` says which tell their usual size."""
    sizes = np.abs(residuals[sample])
    deviation = 1.4826 * median(sizes) if sizes.size else 0.0
    limit = TUKEY * max(deviation, LEAST_DEVIATION)
    weights: Levels = np.clip(1 - (residuals / limit) ** 2, 0, None) ** 2
    return weights


def _movement(change: Matrix, size: Size) -> float:
    """Return the largest movement of a corner by `change`, in pixels."""
    corners = np.array([(0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)], dtype=np.float64).T
    moved = (change @ corners - corners)[:2] * np.array([[size.width], [size.height]])
    return float(np.abs(moved).max())
