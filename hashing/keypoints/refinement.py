"""
Alignment of a part with the picture that it lies on, by their pixels.

Gauss-Newton steps in the frame of the part, so that its slopes are computed once (inverse
compositional alignment; S. Baker and I. Matthews, "Lucas-Kanade 20 Years On", 2004), with weights
that leave out what differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hashing.keypoints.lattice import Floats, Gray, Lattice, Levels
from hashing.keypoints.projection import Projection, composed, inverse

# Fewer places than this cannot be aligned.
FEWEST = 60
# Parameters of an affine and of a projective step.
AFFINE, PROJECTIVE = 6, 8
# The furthest that pixels may move a corner from where keypoints put it, as a share of the part.
FURTHEST = 0.12
# One in so many places is enough for a median.
SPARSE = 5


@dataclass(frozen=True)
class Template:
    """The levels of a part at a lattice, and how they change with each parameter of a step."""

    lattice: Lattice
    levels: Floats
    changes: Floats

    @classmethod
    def of(cls, lattice: Lattice, levels: Levels) -> Template:
        """Return the template of `levels` at `lattice`, shape (rows, columns)."""
        rows, columns = levels.shape
        down, across = np.gradient(levels)
        across, down = columns * across.ravel(), rows * down.ravel()
        x, y = lattice.x.ravel() - 0.5, lattice.y.ravel() - 0.5
        along = -(across * x + down * y)
        changes = np.stack(
            [across * x, across * y, across, down * x, down * y, down, along * x, along * y]
        )
        return cls(lattice, levels.ravel(), changes.astype(np.float32))

    def refined(
        self, projection: Projection, whole: Gray, rounds: int, parameters: int
    ) -> Projection:
        """Return `projection`, from the part to `whole`, as the pixels have it best."""
        current = projection
        for _ in range(rounds):
            step = self._step(current, whole, parameters)
            if step is None:
                break
            current = composed(current, inverse(_MOVED @ step @ inverse(_MOVED)))
            if np.abs(step - np.eye(3)).max() < 5e-4:
                break
        return current if _is_near(projection, current) else projection

    def _step(self, projection: Projection, whole: Gray, parameters: int) -> Projection | None:
        """Return how the part has to move, about its middle; None if that cannot be told."""
        values, inside = whole.at(*self.lattice.through(projection))
        inside = inside.ravel()
        if np.count_nonzero(inside) < FEWEST:
            return None
        values, target = values.ravel()[inside], self.levels[inside]
        residual = _brightened(values, target) - target
        changes = self.changes[:parameters, inside]
        weighted = changes * _weights(residual)
        normal = (weighted @ changes.T).astype(np.float64)
        normal[np.diag_indices(parameters)] *= 1.001
        normal[np.diag_indices(parameters)] += 1e-3
        solution = np.linalg.solve(normal, (weighted @ residual).astype(np.float64))
        step = np.eye(3)
        step.ravel()[:parameters] += solution
        return step if abs(np.linalg.det(step)) > 0.1 else None


# From the middle of the part to its top left corner, where shares count from.
_MOVED = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])


def _brightened(values: Floats, target: Floats) -> Floats:
    """Return `values` with the usual brightness and contrast of `target`."""
    spread = float(values.std())
    gain = float(target.std()) / spread if spread > 1 else 1.0
    brightened: Floats = np.float32(gain) * values
    brightened += np.float32(np.median((target - brightened)[::SPARSE]))
    return brightened


def _weights(residual: Floats) -> Floats:
    """Return weights that fall off beyond the usual residual (Cauchy)."""
    usual = 1.5 * float(np.median(np.abs(residual[::SPARSE]))) + 1.0
    relative: Floats = residual / np.float32(usual)
    relative *= relative
    relative += 1
    np.reciprocal(relative, out=relative)
    return relative


def _is_near(before: Projection, after: Projection) -> bool:
    """Return whether no corner of the part moved far, measured by the size of the part."""
    x = np.array([0, 1, 0, 1], dtype=np.float32)
    y = np.array([0, 0, 1, 1], dtype=np.float32)
    moved = [np.stack(Lattice(x, y).through(one)) for one in (before, after)]
    size = np.sqrt(abs(np.linalg.det(before[:2, :2])))
    return bool(np.abs(moved[1] - moved[0]).max() <= FURTHEST * size)
