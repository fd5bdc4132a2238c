"""Places where windows disagree: connected, boxed and merged to few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hashing.verification.affine import Rectangle
from hashing.verification.planes import Mask

# Boxes that are nearer than this share of the picture become one.
NEAR = 0.03
MOST_BOXES = 8


@dataclass(frozen=True, eq=False)
class Place:
    """Connected cells of a mask: their rows and columns, shape (n,) each."""

    rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    columns: np.ndarray[tuple[int], np.dtype[np.intp]]

    def __len__(self) -> int:
        return len(self.rows)

    def box(self, step: int, side: int, width: int, height: int) -> Rectangle:
        """Return the box around cells of `side` pixels, one every `step`, in shares of a grid."""
        return (
            float(self.columns.min() * step / width),
            float(self.rows.min() * step / height),
            float(min(1.0, (self.columns.max() * step + side) / width)),
            float(min(1.0, (self.rows.max() * step + side) / height)),
        )


def places(mask: Mask) -> list[Place]:
    """Return the connected places of `mask`, the largest first; corners connect too."""
    left = {(int(row), int(column)) for row, column in np.argwhere(mask)}
    found = []
    while left:
        cells = np.array(sorted(_connected(left)))
        found.append(Place(cells[:, 0], cells[:, 1]))
    return sorted(found, key=len, reverse=True)


def _connected(left: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Take one cell and all connected with it out of `left`."""
    stack = [left.pop()]
    while stack:
        row, column = stack.pop()
        yield row, column
        near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
        left -= near
        stack += near


def merged(boxes: list[Rectangle]) -> list[Rectangle]:
    """Return few boxes that cover all of `boxes`, the biggest first."""
    result: list[Rectangle] = []
    for box in boxes:
        while near := [other for other in result if _are_near(box, other)]:
            result = [other for other in result if other not in near]
            box = _around([box, *near])
        result.append(box)
    return sorted(result, key=_area, reverse=True)[:MOST_BOXES]


def _are_near(a: Rectangle, b: Rectangle) -> bool:
    across = max(a[0], b[0]) - min(a[2], b[2])
    down = max(a[1], b[1]) - min(a[3], b[3])
    return max(across, down) < NEAR


def _around(boxes: list[Rectangle]) -> Rectangle:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _area(box: Rectangle) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
