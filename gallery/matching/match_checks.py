"""Verify stored matches: look at both pictures, and say what they are to each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from gallery.matching import cluster_store
from gallery.matching.sqlite_patience import brief_wait
from gallery.models import Match, MatchKind
from gallery.verification import CandidatePair, known_kinds, look_at, ordered, record
from hashing.fingerprints import Alignment

# Matches that an upload waits for; the others are verified in the background.
AT_ONCE = 8


def unverified() -> QuerySet[Match]:
    """Return the matches whose pictures are still to be looked at, nearest first."""
    waiting = Match.objects.filter(kind=MatchKind.UNVERIFIED)
    return waiting.select_related("first", "second").order_by("distance", "pk")


def verify_matches_of(keys: Collection[int], most: int = AT_ONCE) -> None:
    """Look at the nearest unverified matches of the pictures `keys`."""
    if not keys:
        return
    rows = unverified().filter(Q(first__in=keys) | Q(second__in=keys))[:most]
    with brief_wait():
        verify(rows)


def verify(matches: Iterable[Match]) -> None:
    """Look at the pictures of `matches`, store what was seen, and renew their clusters."""
    rows = list(matches)
    if not rows:
        return
    pairs = [_pair(row).in_order for row in rows]
    # Looking takes long; the transaction that stores the results does not.
    results = {pair.contents: result for pair, result in look_at(pairs)}
    with transaction.atomic():
        record(results)
        cluster_store.renew_clusters(_set_kinds(rows))


def _pair(row: Match) -> CandidatePair:
    alignment = Alignment.of(*(getattr(row, name) for name in Alignment._fields))
    return CandidatePair(row.first, row.second, alignment)


def _set_kinds(rows: Iterable[Match]) -> set[int]:
    """Set the kind of each row to what is known of its contents; return the keys of pictures."""
    rows = list(rows)
    contents = {
        row.pk: ordered(row.first.content_digest, row.second.content_digest) for row in rows
    }
    kinds = known_kinds(contents.values())
    changed: set[int] = set()
    for row in rows:
        # Where a file cannot be read, nothing can be said of the pair.
        kind = kinds.get(contents[row.pk], MatchKind.SIMILAR)
        if Match.objects.filter(pk=row.pk).update(kind=kind):
            changed |= {row.first_id, row.second_id}
    return changed
