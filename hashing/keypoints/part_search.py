"""
The search for pictures that share a part with another one.

Votes of keypoints propose pictures, geometry says where the part would have to be, and the pixels
decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hashing.keypoints.agreement import compare
from hashing.keypoints.evidence import is_convincing
from hashing.keypoints.keypoint_index import Candidate, KeypointIndex
from hashing.keypoints.keypoints import Keypoints
from hashing.keypoints.lattice import Lattice
from hashing.keypoints.part import Part
from hashing.keypoints.part_shape import found_part
from hashing.keypoints.placement import correspondences, placement
from hashing.keypoints.projection import MIRROR, Projection, composed, inverse
from hashing.keypoints.visible_area import common_area, visible_area
from hashing.keypoints.voting import Appearance
from hashing.pictures import Preview

# Candidates whose keypoints are compared one by one, and the most pictures whose pixels are.
CANDIDATES, COMPARED = 24, 8
# At most so many of those have fewer keypoints that agree than SOME_INLIERS.
FEW_COMPARED = 3
SOME_INLIERS = 5
# A part is no smaller than this, as a share of the area of the larger picture.
SMALLEST = 0.01


class StoredPicture(NamedTuple):
    """What is kept of a picture beside its row: keypoints and a preview, as bytes."""

    keypoints: bytes
    preview: bytes


Fetch = Callable[[Sequence[int]], Mapping[int, StoredPicture]]
"""Returns what is stored of the pictures with these keys; pictures that are gone are left out."""


class _Proposal(NamedTuple):
    """Where the query would lie on a candidate, in shares of both pictures."""

    candidate: Candidate
    projection: Projection
    other: Keypoints
    inliers: int


def find_parts(
    query: Keypoints, query_preview: Preview, index: KeypointIndex, fetch: Fetch
) -> list[Part]:
    """
    Return the pictures in `index` that share a part with the query, best first.

    If the query is indexed itself, it finds itself. Pictures whose keypoints or previews are
    damaged, or of an old version, are passed over.
    """
    candidates = index.candidates(query, CANDIDATES)
    stored = fetch(list(dict.fromkeys(candidate.key for candidate in candidates)))
    appearances = {appearance: appearance.of(query) for appearance in Appearance}
    best: dict[int, _Proposal] = {}
    for candidate in candidates:
        if candidate.key in stored:
            turned = appearances[candidate.appearance]
            proposal = _proposal(turned, candidate, stored[candidate.key].keypoints)
            known = best.get(candidate.key)
            if proposal and (known is None or proposal.inliers > known.inliers):
                best[candidate.key] = proposal
    proposals = sorted(best.values(), key=lambda proposal: -proposal.inliers)[:COMPARED]
    certain = sum(proposal.inliers >= SOME_INLIERS for proposal in proposals)
    proposals = proposals[: certain + FEW_COMPARED]
    parts = [
        _verified(proposal, query, query_preview, stored[proposal.candidate.key].preview)
        for proposal in proposals
    ]
    return sorted(
        (part for part in parts if part),
        key=lambda part: (-part.inliers * part.agreement, part.key),
    )


def _proposal(turned: Keypoints, candidate: Candidate, data: bytes) -> _Proposal | None:
    """Return where the query lies on the candidate stored as `data`, if their keypoints agree."""
    try:
        other = Keypoints.from_bytes(data)
    except ValueError:
        return None
    place = placement(turned, other, correspondences(turned, other))
    if place is None:
        return None
    projection = place.projection
    if not SMALLEST <= abs(np.linalg.det(projection[:2, :2])) <= 1 / SMALLEST:
        return None
    if candidate.appearance.is_mirrored:
        projection = composed(projection, MIRROR)
    return _Proposal(candidate, projection, other, place.inliers)


def _verified(
    proposal: _Proposal, query: Keypoints, query_preview: Preview, data: bytes
) -> Part | None:
    """Return the part that both pictures share, if their pixels agree that there is one."""
    projection, is_negative = proposal.projection, proposal.candidate.appearance.is_negative
    try:
        other_preview = Preview.from_bytes(data)
    except OSError:
        return None
    query_is_part = _covered(projection) >= _covered(inverse(projection))
    if query_is_part:
        agreement = compare(query_preview, other_preview, projection, is_negative)
    else:
        agreement = compare(other_preview, query_preview, inverse(projection), is_negative)
    if agreement is None:
        return None
    visible = visible_area(agreement)
    part = found_part(
        proposal.candidate,
        proposal.inliers,
        (query, proposal.other),
        agreement,
        visible,
        query_is_part,
        other_preview if query_is_part else query_preview,
    )
    return part if is_convincing(part, visible, common_area(agreement).size) else None


def _covered(projection: Projection) -> float:
    """Return the share of a picture that lies on the other one."""
    x, y = Lattice.of(24, 24).through(projection)
    return float(((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)).mean())
