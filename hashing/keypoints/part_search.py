"""
The search for pictures that share a part with another one.

Votes of keypoints propose pictures, geometry says where the part would have to be, and the pixels
decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

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
CANDIDATES, COMPARED = 24, 12
# Pictures lie in the same place of the query if they share more of it than this (as IoU).
SAME_PLACE = 0.5
# At most so many of those have fewer keypoints that agree than SOME_INLIERS.
FEW_COMPARED = 3
SOME_INLIERS = 5
# A part is no smaller than this, as a share of the area of the larger picture.
SMALLEST = 0.01


class StoredPicture(NamedTuple):
    """The keypoints and the preview of a picture, as the bytes that are stored beside its row."""

    keypoints: bytes
    preview: bytes


Mask = npt.NDArray[np.bool_]

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
    parts = [
        _verified(proposal, query, query_preview, stored[proposal.candidate.key].preview)
        for proposal in _promising(best.values())
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


def _promising(proposals: Iterable[_Proposal]) -> list[_Proposal]:
    """
    Return the proposals whose pixels are compared.

    A collage has copies of each of its pictures among the candidates. So that those of one do not
    crowd out another, the best of each place come first, then the second best of each.
    """
    ranked = sorted(proposals, key=lambda proposal: -proposal.inliers)
    certain = [proposal for proposal in ranked if proposal.inliers >= SOME_INLIERS]
    doubtful = ranked[len(certain) :][:FEW_COMPARED]
    return (_in_turns(certain) + doubtful)[:COMPARED]


def _in_turns(proposals: Iterable[_Proposal]) -> list[_Proposal]:
    """Return the first proposal of each place of the query, then the second of each, and so on."""
    places: list[tuple[Mask, list[_Proposal]]] = []
    for proposal in proposals:
        covered = _lies_within(proposal.projection)
        for place, sharing in places:
            if (place & covered).sum() > SAME_PLACE * (place | covered).sum():
                sharing.append(proposal)
                break
        else:
            places.append((covered, [proposal]))
    rounds = zip_longest(*(sharing for _, sharing in places))
    return [proposal for turn in rounds for proposal in turn if proposal is not None]


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
    return float(_lies_within(projection).mean())


def _lies_within(projection: Projection) -> Mask:
    """Return which points of a lattice on a picture lie on the other one."""
    x, y = Lattice.of(24, 24).through(projection)
    return (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
