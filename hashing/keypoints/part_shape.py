"""The relation, the corners and the map of a part that was found."""

from __future__ import annotations

import numpy as np

from hashing.keypoints.agreement import Agreement
from hashing.keypoints.keypoint_index import Candidate
from hashing.keypoints.keypoints import Keypoints
from hashing.keypoints.lattice import Gray, Lattice, Mask
from hashing.keypoints.part import Part, Quadrilateral, Relation
from hashing.keypoints.projection import (
    Area,
    Projection,
    area_of,
    corners,
    inverse,
    linearised,
    mapped,
)
from hashing.keypoints.visible_area import (
    WHOLE_SHARE,
    Visible,
    are_whole,
)
from hashing.pictures import Preview

# Cells along a side by which the surroundings of a part are looked at, and pixels along a cell.
CELLS, CELL_PIXELS = 24, 4
# A cell with a greater spread of levels than this is not plain, and this share of all cells around
# a part makes a difference. So near to the part nothing counts, as a share of the picture.
PLAIN_LEVELS, FEWEST_CELLS, NEAR = 4.0, 0.02, 0.03


def found_part(
    candidate: Candidate,
    inliers: int,
    pictures: tuple[Keypoints, Keypoints],
    agreement: Agreement,
    visible: Visible,
    query_is_part: bool,
    whole: Preview,
) -> Part:
    """
    Return the part that was found on `candidate`, for `pictures`, the query and the candidate.

    `agreement` is that of the query if `query_is_part`, otherwise that of the candidate, with
    `whole`, the preview of the other of them.
    """
    place = corners(visible.area)
    whole_place = mapped(agreement.projection, place)
    relation = _relation(agreement, visible.area, whole_place, whole)
    projection = agreement.projection if query_is_part else inverse(agreement.projection)
    query_place, other_place = (place, whole_place) if query_is_part else (whole_place, place)
    middle_x, middle_y = np.array(query_place).mean(axis=0).tolist()
    affine = linearised(projection, middle_x, middle_y)
    is_mirrored = candidate.appearance.is_mirrored
    angle, scale = _turn(affine, *pictures, is_mirrored)
    a, b, c, d, e, f = (round(float(value), 6) for value in affine[:2].ravel())
    return Part(
        key=candidate.key,
        relation=relation if query_is_part else relation.inverse,
        affine=(a, b, c, d, e, f),
        place=query_place,
        other_place=other_place,
        is_mirrored=is_mirrored,
        is_negative=candidate.appearance.is_negative,
        angle=angle,
        scale=scale,
        inliers=inliers,
        agreement=round(visible.agreement, 4),
    )


def _turn(
    affine: Projection, query: Keypoints, other: Keypoints, is_mirrored: bool
) -> tuple[float, float]:
    """Return by how many degrees the query is turned, and by which factor it is scaled."""
    turn = affine[:2, :2] * np.array([[other.width], [other.height]])
    turn = turn / np.array([query.width, query.height])
    if is_mirrored:
        turn = turn * np.array([-1.0, 1.0])
    angle = np.degrees(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))
    longer = max(query.width, query.height) / max(other.width, other.height)
    scale = float(np.sqrt(abs(np.linalg.det(turn)))) * longer
    return round(float(angle), 2), round(scale, 4)


def _relation(
    agreement: Agreement, area: Area, whole_place: Quadrilateral, whole: Preview
) -> Relation:
    """Return the relation of the part to the picture that it lies on."""
    if are_whole(agreement):
        return Relation.WHOLE
    if area.size >= WHOLE_SHARE:
        is_part = _has_surroundings(whole, agreement.projection)
        return Relation.PART_OF if is_part else Relation.WHOLE
    return Relation.CONTAINS if area_of(whole_place) >= WHOLE_SHARE else Relation.OVERLAPS


def _has_surroundings(whole: Preview, projection: Projection) -> bool:
    """
    Return whether `whole` has more to show than the part that `projection` takes to it.

    Nothing but plain ground around a part is a border, and the same picture with a border is no
    more than a copy.
    """
    side = CELLS * CELL_PIXELS
    lattice = Lattice.of(side, side)
    levels, _ = Gray.of(whole, (side, side)).at(lattice.x, lattice.y)
    spread = levels.reshape(CELLS, CELL_PIXELS, CELLS, CELL_PIXELS).std(axis=(1, 3))
    around = ~_is_on(Lattice.of(CELLS, CELLS), inverse(projection))
    return float(((spread > PLAIN_LEVELS) & around).mean()) >= FEWEST_CELLS


def _is_on(lattice: Lattice, projection: Projection) -> Mask:
    """Return which places `projection` takes to the part, or near to it."""
    x, y = lattice.through(projection)
    size = np.sqrt(abs(np.linalg.det(projection[:2, :2])))
    near = NEAR * size
    is_on: Mask = (x >= -near) & (x <= 1 + near) & (y >= -near) & (y <= 1 + near)
    return is_on
