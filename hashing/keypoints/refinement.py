"""
Alignment of two pictures by their pixels.

Gauss-Newton over an affine map, a gain and an offset of brightness (B. Lucas and T. Kanade, "An
Iterative Image Registration Technique", 1981), with weights that leave out what differs.
"""

from __future__ import annotations

import numpy as np

from hashing.keypoints.lattice import Gray, Lattice, Levels
from hashing.keypoints.placement import Affine

# Fewer places than this cannot be aligned.
FEWEST = 60
# The furthest that pixels may move a corner from where keypoints put it, as a share of the part.
FURTHEST = 0.12


def refined(affine: Affine, levels: Levels, lattice: Lattice, whole: Gray, rounds: int) -> Affine:
    """Return `affine`, which takes `levels` at `lattice` to `whole`, as the pixels have it best."""
    current = affine.copy()
    for _ in range(rounds):
        step = _step(current, levels, lattice, whole)
        if step is None:
            break
        current = current + step
        if np.abs(step).max() < 1e-4:
            break
    return current if _is_near(affine, current) else affine


def _step(affine: Affine, levels: Levels, lattice: Lattice, whole: Gray) -> Affine | None:
    x, y = lattice.through(affine)
    samples = whole.at(x, y)
    inside = samples.inside
    if np.count_nonzero(inside) < FEWEST:
        return None
    values, target = samples.levels[inside], levels[inside]
    gain, offset = _brightness(values, target)
    residual = target - gain * values - offset
    weights = _weights(residual)
    height, width = whole.levels.shape
    across, down = gain * width * samples.across[inside], gain * height * samples.down[inside]
    x, y = lattice.x[inside], lattice.y[inside]
    columns = (across * x, across * y, across, down * x, down * y, down, values, np.ones_like(x))
    system = np.stack(columns).astype(np.float64)
    weighted = system * weights
    normal = weighted @ system.T
    normal[np.diag_indices(8)] *= 1 + 1e-4
    try:
        solution = np.linalg.solve(normal, weighted @ residual)
    except np.linalg.LinAlgError:
        return None
    step: Affine = solution[:6].reshape(2, 3)
    return step


def _brightness(values: Levels, target: Levels) -> tuple[float, float]:
    """Return the gain and offset that take `values` to `target`; the gain is never negative."""
    spread = float(values.std())
    gain = float(target.std()) / spread if spread > 1 else 1.0
    return gain, float(np.median(target) - gain * np.median(values))


def _weights(residual: Levels) -> Levels:
    """Return weights that fall off beyond the usual residual (Cauchy)."""
    usual = 1.5 * float(np.median(np.abs(residual))) + 1.0
    weights: Levels = 1 / (1 + (residual / usual) ** 2)
    return weights


def _is_near(before: Affine, after: Affine) -> bool:
    """Return whether no corner of the part moved far, measured by the size of the part."""
    corners = np.array([[0, 1, 0, 1], [0, 0, 1, 1], [1, 1, 1, 1]])
    size = np.sqrt(abs(np.linalg.det(before[:, :2])))
    return bool(np.abs((after - before) @ corners).max() <= FURTHEST * max(size, 1e-6))
