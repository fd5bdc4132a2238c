"""
The search for pictures that share a part with another one.

Votes of keypoints propose pictures, geometry says where the part would have to be, and the pixels
decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hashing.keypoints.agreement import Agreement, compare
from hashing.keypoints.correspondences import correspondences
from hashing.keypoints.keypoint_index import Candidate, KeypointIndex
from hashing.keypoints.keypoints import Keypoints
from hashing.keypoints.lattice import Lattice
from hashing.keypoints.part import Part, Point, Quadrilateral, Relation
from hashing.keypoints.placement import Affine, Placement, placement
from hashing.keypoints.visible_area import Area, visible_area
from hashing.pictures import Preview

# Pictures whose keypoints are compared one by one, and the most of them whose pixels are.
CANDIDATES, COMPARED = 40, 12
FEWEST_INLIERS = 3
# A picture that has at least this share of itself in the other lies on it as a whole.
WHOLE_SHARE = 0.85

_MIRROR = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


class StoredPicture(NamedTuple):
    """What is kept of a picture beside its row: keypoints and a preview, as bytes."""

    keypoints: bytes
    preview: bytes


Fetch = Callable[[Sequence[int]], Mapping[int, StoredPicture]]
"""Returns what is stored of the pictures with these keys; pictures that are gone are left out."""


class _Proposal(NamedTuple):
    """Where the query would lie on a candidate, in shares of both pictures."""

    candidate: Candidate
    affine: Affine
    keypoints: Keypoints
    inliers: int


def find_parts(
    query: Keypoints, query_preview: Preview, index: KeypointIndex, fetch: Fetch
) -> list[Part]:
    """
    Return the pictures in `index` that share a part with the query, best first.

    If the query is indexed itself, it finds itself. Pictures whose stored keypoints are of an old
    version or damaged are passed over.
    """
    candidates = index.candidates(query, CANDIDATES)
    stored = fetch([candidate.key for candidate in candidates])
    proposals = [
        proposal
        for candidate in candidates
        if candidate.key in stored
        and (proposal := _proposal(query, candidate, stored[candidate.key].keypoints))
    ]
    proposals.sort(key=lambda proposal: -proposal.inliers)
    parts: dict[int, Part] = {}
    for proposal in proposals[:COMPARED]:
        key = proposal.candidate.key
        preview = Preview.from_bytes(stored[key].preview)
        part = _verified(proposal, query, query_preview, preview)
        if part and (key not in parts or part.inliers > parts[key].inliers):
            parts[key] = part
    return sorted(parts.values(), key=lambda part: (-part.inliers * part.agreement, part.key))


def _proposal(query: Keypoints, candidate: Candidate, data: bytes) -> _Proposal | None:
    try:
        other = Keypoints.from_bytes(data)
    except ValueError:
        return None
    turned = candidate.appearance.of(query)
    place = placement(turned, other, correspondences(turned, other))
    if place is None or place.inliers < FEWEST_INLIERS:
        return None
    affine = _in_shares(place, turned, other)
    if abs(np.linalg.det(affine[:, :2])) < 1e-4:
        return None
    if candidate.appearance.is_mirrored:
        affine = _after(affine, _MIRROR)
    return _Proposal(candidate, affine, other, place.inliers)


def _in_shares(place: Placement, query: Keypoints, other: Keypoints) -> Affine:
    """Return the affine map of a placement in shares of both pictures instead of pixels."""
    affine = place.affine * np.array([query.width, query.height, 1.0])
    return affine / np.array([[other.width], [other.height]])


def _after(second: Affine, first: Affine) -> Affine:
    """Return the map that is `first` and then `second`."""
    affine: Affine = second @ np.vstack([first, [0.0, 0.0, 1.0]])
    return affine


def _inverse(affine: Affine) -> Affine:
    inverse: Affine = np.linalg.inv(np.vstack([affine, [0.0, 0.0, 1.0]]))[:2]
    return inverse


def _verified(
    proposal: _Proposal, query: Keypoints, query_preview: Preview, preview: Preview
) -> Part | None:
    """Return the part that both pictures share, if their pixels agree that there is one."""
    affine, is_negative = proposal.affine, proposal.candidate.appearance.is_negative
    query_is_part = _covered(affine) >= _covered(_inverse(affine))
    if query_is_part:
        agreement = compare(query_preview, preview, affine, is_negative)
    else:
        agreement = compare(preview, query_preview, _inverse(affine), is_negative)
    area, lines = visible_area(agreement)
    blocks = agreement.blocks[lines.top : lines.bottom, lines.left : lines.right]
    textured = int(np.count_nonzero(blocks))
    share = float(np.count_nonzero(blocks == 1)) / max(1, textured)
    if not _is_part(proposal.inliers, share, textured):
        return None
    return _part(proposal, query, agreement, area, query_is_part, share)


def _is_part(inliers: int, share: float, textured: int) -> bool:
    if inliers >= 8:
        return share >= 0.4
    if inliers >= 5:
        return share >= 0.5
    return share >= 0.7 and textured >= 20


def _part(
    proposal: _Proposal,
    query: Keypoints,
    agreement: Agreement,
    area: Area,
    query_is_part: bool,
    share: float,
) -> Part:
    place = _corners(area)
    whole_place = _mapped(agreement.affine, place)
    affine = agreement.affine if query_is_part else _inverse(agreement.affine)
    relation = _relation(area.size, _size(whole_place))
    other = proposal.keypoints
    turn = affine[:, :2] * np.array([[other.width], [other.height]])
    turn = turn / np.array([query.width, query.height])
    if proposal.candidate.appearance.is_mirrored:
        turn = turn * np.array([-1.0, 1.0])
    scale = np.sqrt(abs(np.linalg.det(turn))) * max(query.width, query.height)
    a, b, c, d, e, f = (round(float(value), 6) for value in affine.ravel())
    return Part(
        key=proposal.candidate.key,
        relation=relation if query_is_part else relation.inverse,
        affine=(a, b, c, d, e, f),
        place=place if query_is_part else whole_place,
        other_place=whole_place if query_is_part else place,
        is_mirrored=proposal.candidate.appearance.is_mirrored,
        is_negative=proposal.candidate.appearance.is_negative,
        angle=round(
            float(np.degrees(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))), 2
        ),
        scale=round(float(scale) / max(other.width, other.height), 4),
        inliers=proposal.inliers,
        agreement=round(share, 4),
    )


def _relation(part_share: float, whole_share: float) -> Relation:
    """Return the relation of a picture to another one, from the share of each that is in both."""
    if part_share >= WHOLE_SHARE and whole_share >= WHOLE_SHARE:
        return Relation.WHOLE
    if part_share >= WHOLE_SHARE:
        return Relation.PART_OF
    return Relation.CONTAINS if whole_share >= WHOLE_SHARE else Relation.OVERLAPS


def _covered(affine: Affine) -> float:
    """Return the share of a picture that lies on the other one."""
    x, y = Lattice.of(24, 24).through(affine)
    inside: npt.NDArray[np.bool_] = (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
    return float(inside.mean())


def _corners(area: Area) -> Quadrilateral:
    left, top, right, bottom = (round(value, 6) for value in area)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _mapped(affine: Affine, place: Quadrilateral) -> Quadrilateral:
    a, b, c, d = (_point(affine, point) for point in place)
    return (a, b, c, d)


def _point(affine: Affine, point: Point) -> Point:
    x, y = affine @ np.array([*point, 1.0])
    return round(float(x), 6), round(float(y), 6)


def _size(place: Quadrilateral) -> float:
    """Return the area of a quadrilateral (the shoelace formula)."""
    x, y = np.array(place).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2
