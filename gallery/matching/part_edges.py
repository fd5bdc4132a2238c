"""The parts that pictures share, as edges between them."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from gallery.matching.nearest_matches import MatchEdge
from gallery.models import MatchKind, PartMatch
from hashing.fingerprints import Alignment

# The hashes of a picture and of a part of it tell nothing of each other.
NO_DISTANCE = Alignment(0)


def part_edges(keys: Collection[int] | None = None) -> list[MatchEdge]:
    """Return the edges at the pictures `keys`, by default all."""
    rows = PartMatch.objects.all()
    if keys is not None:
        rows = rows.filter(Q(first__in=keys) | Q(second__in=keys))
    return [
        MatchEdge(first, second, MatchKind.PART, NO_DISTANCE, True, True)
        for first, second in rows.values_list("first_id", "second_id")
    ]
