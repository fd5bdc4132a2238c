"""
Pairs that keypoints have matched as a whole: the same picture, tilted further than hashes allow.

Whether they are copies is seen by looking at both, as with any other match.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db.models import Q, QuerySet

from gallery.models import PartMatch
from hashing.fingerprints import Alignment
from hashing.matching import Match

IS_WHOLE = Q(relation=PartMatch.Relation.WHOLE)
COLUMNS = ("first", "second", "first__dct256", "second__dct256")


class WholeMatch(NamedTuple):
    """Two pictures, the smaller key first, and the match of the first."""

    key: int
    match: Match


def whole_matches(keys: Collection[int]) -> Iterator[WholeMatch]:
    """Yield the pairs with one of the pictures `keys`, of which there are few."""
    return _pairs(PartMatch.objects.filter(IS_WHOLE, Q(first__in=keys) | Q(second__in=keys)))


def all_whole_matches() -> Iterator[WholeMatch]:
    """Yield all pairs."""
    return _pairs(PartMatch.objects.filter(IS_WHOLE))


def _pairs(rows: QuerySet[PartMatch]) -> Iterator[WholeMatch]:
    for first, second, ours, theirs in rows.values_list(*COLUMNS).iterator():
        if ours is not None and theirs is not None:
            yield WholeMatch(first, Match(second, Alignment(ours - theirs)))
