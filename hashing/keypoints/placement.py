"""
Where one picture lies on another one, from their corresponding keypoints.

Every correspondence alone proposes a place: its position, scale and angle in both pictures make a
similarity. The proposal that most others agree with is refined by least squares to an affine map.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.keypoints import Keypoints
from hashing.keypoints.projection import Projection

Positions = npt.NDArray[np.int64]
Points = npt.NDArray[np.complex128]
Affine = npt.NDArray[np.float64]
"""The first two rows of a map in pixels, shape (2, 3)."""
Mask = npt.NDArray[np.bool_]

# Keypoints whose hashes differ in more bits than this never correspond.
MOST_BITS = 19
# How far a correspondence may be from where a proposal expects it: as a share of the long side, by
# angle (of 256), and by levels of scale.
PLACE_TOLERANCE, ANGLE_TOLERANCE, LEVEL_TOLERANCE = 0.035, 20, 2
# Fewer correspondences than this agree by chance.
FEWEST = 4
# How far from where the least-squares map expects it, in pixels of the coarser keypoint's scale.
REFINED_TOLERANCE = 2.5
# An affine map needs this many correspondences to be more than a similarity.
AFFINE_FROM = 5
ROUNDS = 3
# Keypoints nearer to each other than this, in pixels, count once.
APART = 3.0


class Correspondences(NamedTuple):
    """Numbers of keypoints in the first and in the second picture, shape (n,) each."""

    first: Positions
    second: Positions


def correspondences(first: Keypoints, second: Keypoints) -> Correspondences:
    """Return the pairs of keypoints that are nearest to each other by their hashes."""
    if not len(first) or not len(second):
        nothing = np.empty(0, dtype=np.int64)
        return Correspondences(nothing, nothing)
    bits = np.bitwise_count(first.hashes[:, None] ^ second.hashes)
    nearest = bits.argmin(axis=1)
    numbers = np.arange(len(nearest))
    is_mutual = (bits.argmin(axis=0)[nearest] == numbers) & (bits[numbers, nearest] <= MOST_BITS)
    return Correspondences(numbers[is_mutual], nearest[is_mutual])


class Placement(NamedTuple):
    """An affine map from one picture to another in shares, and how many keypoints agree on it."""

    projection: Projection
    inliers: int


def placement(first: Keypoints, second: Keypoints, pairs: Correspondences) -> Placement | None:
    """Return where `first` lies on `second`; None if too few correspondences agree."""
    if len(pairs.first) < FEWEST:
        return None
    source, target = first.points[pairs.first], second.points[pairs.second]
    source_scale, target_scale = first.scales[pairs.first], second.scales[pairs.second]
    angles = second.angle[pairs.second] - first.angle[pairs.first]  # wraps round at a full turn
    levels = second.level[pairs.second].astype(np.int8) - first.level[pairs.first].astype(np.int8)
    turn = np.exp(angles.astype(np.float64) * (2j * np.pi / 256)) * (target_scale / source_scale)
    plausible = _alike(angles, levels)
    most = PLACE_TOLERANCE * max(second.width, second.height) * np.clip(np.abs(turn), 0.5, 1.0)
    shift = target - turn * source
    misses = turn[:, None] * source + shift[:, None] - target
    agreeing = plausible & (misses.real**2 + misses.imag**2 < (most**2)[:, None])
    best = agreeing.sum(axis=1).argmax()
    plausible, agree = plausible[best], agreeing[best]
    for _ in range(ROUNDS):
        if np.count_nonzero(agree) < FEWEST:
            return None
        affine = fitted(source[agree], target[agree])
        scale = np.sqrt(abs(np.linalg.det(affine[:, :2])))
        limit = REFINED_TOLERANCE * np.maximum(scale * source_scale, target_scale) + 1
        agree = plausible & (np.abs(applied(affine, source) - target) < limit)
    inliers = min(_apart(source[agree]), _apart(target[agree]))
    size = np.array([[first.width, first.height, 1.0]])
    in_shares = np.eye(3)
    in_shares[:2] = affine * size / np.array([[second.width], [second.height]])
    return Placement(in_shares, inliers) if inliers else None


def _alike(angles: npt.NDArray[np.uint8], levels: npt.NDArray[np.int8]) -> Mask:
    """Return which pairs of correspondences turn and scale the picture alike, shape (n, n)."""
    apart = (angles[:, None] - angles).view(np.int8)  # the shorter way round
    turned: Mask = np.abs(apart.astype(np.int16)) <= ANGLE_TOLERANCE
    scaled: Mask = np.abs(levels[:, None] - levels) <= LEVEL_TOLERANCE
    return turned & scaled


def fitted(source: Points, target: Points) -> Affine:
    """Return the least-squares map: affine, or a similarity if there are few points."""
    if len(source) < AFFINE_FROM:
        columns = np.stack([source, np.ones_like(source)], axis=1)
        turn, shift = np.linalg.lstsq(columns, target, rcond=None)[0]
        return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    columns = np.stack([source.real, source.imag, np.ones(len(source))], axis=1)
    values = np.stack([target.real, target.imag], axis=1)
    affine: Affine = np.linalg.lstsq(columns, values, rcond=None)[0].T
    return affine


def applied(affine: Affine, points: Points) -> Points:
    """Return where `affine` takes `points`, given as x + iy."""
    rows = np.stack([points.real, points.imag, np.ones(len(points))])
    across, down = affine @ rows
    moved: Points = across + 1j * down
    return moved


def _apart(points: Points) -> int:
    """Return how many of `points` are in different places."""
    return len(np.unique(np.rint(points / APART)))
