"""
Votes of keypoints for pictures.

A rare keypoint says more than one found in many pictures, and keypoints of a real part agree on
how far it is turned and scaled (weak geometric consistency; Jégou, Douze and Schmid, 2008).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import numpy as np
import numpy.typing as npt

from hashing.keypoints.descriptors import Angles
from hashing.keypoints.inverted_lists import Hits
from hashing.keypoints.keypoints import Keypoints

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# Turns and scales are counted in boxes of a sixth of a full turn and of three levels, in four
# grids that are shifted by half a box, so that no agreement is cut apart in all of them.
ANGLE_BOX, LEVEL_BOX = 44, 3
_SHIFTS = [(angle, level) for angle in (0, ANGLE_BOX // 2) for level in (0, 1)]
_BOXES = 64  # more than there are in one grid
# The votes of fewer keypoints than this are chance.
FEWEST = 2


class Appearance(Enum):
    """How a picture may appear in another one: mirrored or not, negative or not."""

    PLAIN = (False, False)
    MIRRORED = (True, False)
    NEGATIVE = (False, True)
    MIRRORED_NEGATIVE = (True, True)

    @property
    def is_mirrored(self) -> bool:
        return self.value[0]

    @property
    def is_negative(self) -> bool:
        return self.value[1]

    def of(self, keypoints: Keypoints) -> Keypoints:
        """Return `keypoints` as they are in this appearance of the picture."""
        turned = keypoints.mirrored() if self.is_mirrored else keypoints
        return turned.negative() if self.is_negative else turned


_APPEARANCES = list(Appearance)


def elect(
    hits: Mapping[Appearance, Hits],
    angles: Mapping[Appearance, Angles],
    levels: npt.NDArray[np.uint8],
    pictures: int,
    most: int,
) -> list[tuple[int, Appearance, float]]:
    """
    Return at most `most` pictures with their votes, most votes first.

    `hits` are those of the query in each appearance, in which its keypoints have `angles` and
    `levels`; `pictures` is how many the index holds.
    """
    parts = [
        _ballots(hits[appearance], angles[appearance], levels, number, pictures)
        for number, appearance in enumerate(_APPEARANCES)
    ]
    groups, boxes, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    groups, boxes, weights = _contested(groups, boxes, weights)
    best: dict[int, float] = {}
    for shift in range(len(_SHIFTS)):
        for group, score in _counted(groups, boxes[:, shift], weights):
            best[group] = max(score, best.get(group, 0.0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [(group // 4, _APPEARANCES[group % 4], score) for group, score in ranked]


def _ballots(
    hits: Hits, angles: Angles, levels: npt.NDArray[np.uint8], number: int, pictures: int
) -> tuple[Integers, Integers, Floats]:
    """Return the group (picture and appearance), the box in each grid, and the weight of hits."""
    queries, postings = hits
    counts = np.bincount(queries, minlength=1)
    weights = np.log1p(pictures / counts[queries]) if len(queries) else np.empty(0)
    turns = (postings.angles - angles[queries]).astype(np.int64)
    scales = postings.levels.astype(np.int64) - levels[queries] + 8
    boxes = np.stack(
        [
            (turns + angle) % 256 // ANGLE_BOX * 8 + (scales + level) // LEVEL_BOX
            for angle, level in _SHIFTS
        ],
        axis=1,
    )
    return postings.slots.astype(np.int64) * 4 + number, boxes, weights


def _contested(
    groups: Integers, boxes: Integers, weights: Floats
) -> tuple[Integers, Integers, Floats]:
    """Return the votes for groups that have FEWEST votes or more."""
    if not len(groups):
        return groups, boxes, weights
    wanted = np.bincount(groups)[groups] >= FEWEST
    return groups[wanted], boxes[wanted], weights[wanted]


def _counted(groups: Integers, boxes: Integers, weights: Floats) -> list[tuple[int, float]]:
    """Return groups and the weight in a box of theirs, wherever FEWEST votes or more agree."""
    if not len(groups):
        return []
    codes = groups * _BOXES + boxes
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    first = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    sums = np.add.reduceat(weights[order], first)
    enough = np.diff(np.r_[first, len(codes)]) >= FEWEST
    return list(zip((codes[first[enough]] // _BOXES).tolist(), sums[enough].tolist(), strict=True))
