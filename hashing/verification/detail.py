"""Bringing the sharper of two pictures to the detail of the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hashing.verification.figures import median
from hashing.verification.planes import Mask, Plane

# Pixels above this rank of change, from 0 to 1, are edges.
EDGE_RANK = 0.8
# Standard deviations of the Gaussians that are tried, in pixels.
SIGMAS = (0.5, 0.7, 0.9, 1.2, 1.6, 2.1, 2.8)


def blurred(plane: Plane, sigma: float) -> Plane:
    """Return `plane` after a Gaussian of standard deviation `sigma` in pixels."""
    if sigma == 0:
        return plane
    reach = max(1, round(2.6 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2).astype(np.float32)
    weights /= weights.sum()
    smooth: Plane = _along(_along(plane, weights).T, weights).T
    return smooth


def _along(plane: Plane, weights: npt.NDArray[np.float32]) -> Plane:
    """Return `plane` smoothed along its columns."""
    reach, rows = len(weights) // 2, len(plane)
    padded = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
    smooth: Plane = weights[reach] * plane
    for offset in range(reach):
        there = padded[offset : offset + rows] + padded[2 * reach - offset :][:rows]
        smooth += weights[offset] * there
    return smooth


def matched(ours: Plane, theirs: Plane, held: Mask) -> tuple[Plane, Plane, float]:
    """
    Return both planes in the detail of the less sharp one.

    The last value is the standard deviation of the Gaussian, positive if `ours` was blurred and
    negative if `theirs` was.
    """
    is_ours = detail(ours, held) >= detail(theirs, held)
    sharp, soft = (ours, theirs) if is_ours else (theirs, ours)
    edges = _edges(soft, held)
    best, sigma, least = sharp, 0.0, _misfit(sharp, soft, edges)
    for tried in SIGMAS:
        smooth = blurred(sharp, tried)
        misfit = _misfit(smooth, soft, edges)
        if misfit >= least:
            break
        best, sigma, least = smooth, tried, misfit
    return (best, soft, sigma) if is_ours else (soft, best, -sigma)


def _edges(plane: Plane, held: Mask) -> Mask:
    """Return where the plane changes most; blur is seen there, and noise elsewhere."""
    change = np.zeros_like(plane)
    change[:, 1:-1] = np.abs(plane[:, 2:] - plane[:, :-2])
    change[1:-1] += np.abs(plane[2:] - plane[:-2])
    ordered = np.sort(change[held])
    if not ordered.size:
        return held
    edges: Mask = held & (change >= ordered[int(EDGE_RANK * (ordered.size - 1))])
    return edges


def detail(plane: Plane, held: Mask) -> float:
    """Return the mean size of the differences between neighbours, in levels."""
    steps = np.abs(np.diff(plane, axis=1))[held[:, 1:]]
    return float(steps.mean()) if steps.size else 0.0


def _misfit(sharp: Plane, soft: Plane, held: Mask) -> float:
    """Return a mean of differences in which places that were painted over hardly count."""
    differences = np.abs(sharp - soft)[held]
    if not differences.size:
        return 0.0
    limit = max(2.0, 3 * median(differences))
    return float(np.minimum(differences, limit).mean())
