"""Seek the parts that pictures share, and store them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from gallery import matching
from gallery.comparing import is_burst
from gallery.models import Closeup, Image, PartMatch, PendingMatch
from gallery.parts.keypoint_memory import KeypointMemory
from hashing.keypoints import Part

# The version of the method; to be raised when it finds more.
VERSION = 1


def unsought() -> QuerySet[Closeup]:
    """Return the close-ups of pictures whose parts are still to be sought."""
    return Closeup.objects.filter(sought_by=0).select_related("image").order_by("pk")


def seek_again(image: Image) -> bool:
    """Let the parts of `image` be sought again; return whether they can be."""
    return Closeup.objects.filter(image=image).exclude(keypoints=b"").update(sought_by=0) > 0


def seek(closeup: Closeup, memory: KeypointMemory) -> None:
    """Store the parts that a picture shares with others, in the place of earlier ones."""
    parts = memory.parts_of(closeup)
    others = Image.objects.in_bulk([part.key for part in parts])
    rows = [
        _row(closeup.image, part)
        for part in parts
        if part.key in others and _can_be_part(closeup.image, others[part.key])
    ]
    with transaction.atomic():
        stored = PartMatch.objects.filter(Q(first=closeup.pk) | Q(second=closeup.pk))
        concerned = _ends(stored) | _ends(rows)
        stored.delete()
        PartMatch.objects.bulk_create(rows, ignore_conflicts=True)
        Closeup.objects.filter(pk=closeup.pk).update(sought_by=VERSION)
        if concerned:
            _compare_again(rows)
            matching.renew_clusters(concerned)


def _can_be_part(image: Image, other: Image) -> bool:
    """Return whether two pictures are neither equal nor burst shots, which share nearly all."""
    return image.content_digest != other.content_digest and not is_burst(image, other)


def _row(image: Image, part: Part) -> PartMatch:
    """Return the row of a part, seen from the picture with the smaller key."""
    if image.pk > part.key:
        part, keys = part.swapped(image.pk), (part.key, image.pk)
    else:
        keys = (image.pk, part.key)
    return PartMatch(
        first_id=keys[0],
        second_id=keys[1],
        relation=part.relation.value,
        details=part.to_json(),
    )


def _ends(rows: Iterable[PartMatch]) -> set[int]:
    return {key for row in rows for key in (row.first_id, row.second_id)}


def _compare_again(rows: Iterable[PartMatch]) -> None:
    """Let pictures that show each other as a whole be compared, since they may be copies."""
    keys = _ends(row for row in rows if row.relation == PartMatch.Relation.WHOLE)
    PendingMatch.objects.bulk_create((PendingMatch(key=key) for key in keys), ignore_conflicts=True)
