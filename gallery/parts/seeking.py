"""Seek the parts that pictures share, and store them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from gallery import matching
from gallery.models import Closeup, DeepMatch, Image, PartMatch, PendingMatch
from gallery.parts.keypoint_memory import KeypointMemory
from gallery.parts.wide_search import Looks, can_match, deep_copies, results_of, rows_of
from gallery.verification import record
from hashing.keypoints import Part, Relation

# The version of the method; to be raised when it finds more.
VERSION = 1


def unsought() -> QuerySet[Closeup]:
    """Return the close-ups of pictures whose parts are still to be sought."""
    return Closeup.objects.filter(sought_by=0).select_related("image").order_by("pk")


def seek_again(image: Image) -> bool:
    """Let the parts of `image` be sought again; return whether they can be."""
    return Closeup.objects.filter(image=image).exclude(keypoints=b"").update(sought_by=0) > 0


def seek(closeup: Closeup, memory: KeypointMemory) -> None:
    """
    Store the parts that a picture shares with others.

    Copies that are too far away for their hashes to match are found on the way. What is stored
    already stays: a search from the other picture may have found it, and this one may not.
    """
    image = closeup.image
    parts = memory.parts_of(closeup)
    others = Image.objects.in_bulk([part.key for part in parts])
    parts = [part for part in parts if part.key in others and can_match(image, others[part.key])]
    copies = deep_copies(image, parts)
    rows = [_row(image, part) for part in parts if _is_part(part)]
    with transaction.atomic():
        _store_copies(copies)
        _store_parts(rows)
        Closeup.objects.filter(pk=closeup.pk).update(sought_by=VERSION)


def _is_part(part: Part) -> bool:
    """Return whether a part is stored as one: of whole pictures only a negative is."""
    # Whether it is a copy is seen by looking at both, and no look sees through a negative.
    return part.relation != Relation.WHOLE or part.is_negative


def _store_copies(copies: Looks) -> None:
    """Store copies, and let them be compared, so that they join their clusters."""
    rows = rows_of(copies)
    record(results_of(copies))
    DeepMatch.objects.bulk_create(rows, ignore_conflicts=True)
    pending = (PendingMatch(key=key) for key in _ends(rows))
    PendingMatch.objects.bulk_create(pending, ignore_conflicts=True)


def _store_parts(rows: list[PartMatch]) -> None:
    PartMatch.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        matching.renew_clusters(_ends(rows))


def _ends(rows: Iterable[PartMatch | DeepMatch]) -> set[int]:
    return {key for row in rows for key in (row.first_id, row.second_id)}


def _row(image: Image, part: Part) -> PartMatch:
    """Return the row of a part, seen from the picture with the smaller key."""
    first, second = sorted((image.pk, part.key))
    if first != image.pk:
        part = part.swapped(image.pk)
    return PartMatch(
        first_id=first, second_id=second, relation=part.relation.value, details=part.to_json()
    )
