"""Pairs that only a deeper look has matched, beside those that their hashes match."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db.models import Q, QuerySet

from gallery.models import DeepMatch
from hashing.fingerprints import Alignment
from hashing.matching import Match


class PairMatch(NamedTuple):
    """Two pictures, the smaller key first, and the match of the first."""

    key: int
    match: Match


def deep_matches(keys: Collection[int]) -> Iterator[PairMatch]:
    """Yield the pairs with one of the pictures `keys`, of which there are few."""
    return _pairs(DeepMatch.objects.filter(Q(first__in=keys) | Q(second__in=keys)))


def all_deep_matches() -> Iterator[PairMatch]:
    """Yield all pairs."""
    return _pairs(DeepMatch.objects.all())


def _pairs(rows: QuerySet[DeepMatch]) -> Iterator[PairMatch]:
    columns = rows.values_list("first_id", "second_id", *Alignment._fields)
    for first, second, *alignment in columns.iterator():
        yield PairMatch(first, Match(second, Alignment.of(*alignment)))
