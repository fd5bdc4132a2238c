"""
Copies that are further away than matches of hashes may be: candidates, looked at one by one.

Wider limits find crops and tilted pictures, and many different pictures too, so the pixels decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from gallery.comparing import is_burst
from gallery.models import DeepMatch, Image, Match, MatchKind
from gallery.verification import MATCH_KINDS, CandidatePair, ContentPair, look_at
from hashing.exceptions import NoHash
from hashing.fingerprints import Alignment
from hashing.keypoints import Part, Relation
from hashing.matching import WIDE_LIMITS, find_matches
from hashing.model_matching import indexes_of, stored_of, subject_of
from hashing.verification import Verification

# Candidates of one picture that are looked at, the nearest first.
MOST_LOOKS = 24

Looks = list[tuple[CandidatePair, Verification]]


def deep_copies(image: Image, parts: Iterable[Part]) -> Looks:
    """
    Return the copies and altered pictures of `image` that are no stored matches.

    `parts` are those that keypoints have found; pictures that they match as a whole may be copies.
    """
    near = _wide(image) | {
        part.key: Alignment(_distance(image, part.key))
        for part in parts
        if part.relation == Relation.WHOLE
    }
    for key in _stored(image) | {image.pk}:
        near.pop(key, None)
    nearest = sorted(near, key=lambda key: near[key].distance)[:MOST_LOOKS]
    others = Image.objects.in_bulk(nearest)
    pairs = [
        CandidatePair(image, others[key], near[key]).in_order
        for key in nearest
        if key in others and can_match(image, others[key])
    ]
    return [look for look in look_at(pairs) if _is_same(look[1])]


def can_match(image: Image, other: Image) -> bool:
    """Return whether two pictures are neither equal nor burst shots, which share nearly all."""
    return image.content_digest != other.content_digest and not is_burst(image, other)


def results_of(looks: Looks) -> Mapping[ContentPair, Verification]:
    """Return what was seen by the contents of each pair."""
    return {pair.contents: seen for pair, seen in looks}


def rows_of(looks: Looks) -> list[DeepMatch]:
    """Return the rows of these pairs."""
    rows = []
    for pair, _ in looks:
        if pair.first.pk > pair.second.pk:
            pair = pair.swapped
        rows.append(DeepMatch(first=pair.first, second=pair.second, **pair.alignment._asdict()))
    return rows


def _wide(image: Image) -> dict[int, Alignment]:
    """Return the alignments of pictures within the wide limits."""
    if not image.is_informative:
        return {}
    try:
        subject = subject_of(image)
    except NoHash:
        return {}
    rows = Image.objects.filter(is_informative=True)
    matches = find_matches(
        subject,
        indexes_of(Image, Image.objects.db),
        lambda keys: stored_of(rows, keys.tolist()),
        image.pk,
        WIDE_LIMITS,
    )
    return {match.key: match.alignment for match in matches}


def _distance(image: Image, key: int) -> int:
    """Return the distance of the fine hashes of two pictures, as they are."""
    other = Image.objects.filter(pk=key).values_list("dct256", flat=True).first()
    return image.dct256 - other if image.dct256 and other else image._meta.get_field("dct256").width


def _stored(image: Image) -> set[int]:
    """Return the keys of pictures that stored matches link with `image`."""
    rows = Match.objects.filter(Q(first=image) | Q(second=image))
    return {key for pair in rows.values_list("first_id", "second_id") for key in pair}


def _is_same(seen: Verification) -> bool:
    return MATCH_KINDS[seen.kind] in (MatchKind.COPY, MatchKind.ALTERED)
