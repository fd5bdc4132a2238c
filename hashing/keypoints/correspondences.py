"""Keypoints of two pictures that show the same thing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.keypoints import Keypoints

Positions = npt.NDArray[np.int64]

# Keypoints whose hashes differ in more bits than this never correspond.
MOST_BITS = 19


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
