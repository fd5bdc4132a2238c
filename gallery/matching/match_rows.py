"""Read and write match edges in their table; only rows that differ are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from gallery.batches import in_batches
from gallery.matching.nearest_matches import MatchEdge
from gallery.models import Match
from hashing.fingerprints import Alignment

KeyPair = tuple[int, int]


def edges_of(rows: QuerySet[Match]) -> list[MatchEdge]:
    """Return the rows as plain values."""
    columns = ("first_id", "second_id", "kind", "first_keeps", "second_keeps", *Alignment._fields)
    return [
        MatchEdge(first, second, kind, Alignment.of(*alignment), first_keeps, second_keeps)
        for first, second, kind, first_keeps, second_keeps, *alignment in (
            rows.order_by().values_list(*columns)
        )
    ]


def edges_at(keys: Iterable[int], condition: Q) -> dict[KeyPair, MatchEdge]:
    """Return the stored edges at pictures that meet a condition, by pairs of keys."""
    edges: dict[KeyPair, MatchEdge] = {}
    for batch in in_batches(keys):
        rows = Match.objects.filter(condition, Q(first__in=batch) | Q(second__in=batch))
        edges |= {edge.pair: edge for edge in edges_of(rows)}
    return edges


def store(wanted: Iterable[MatchEdge], stored: Mapping[KeyPair, MatchEdge]) -> set[int]:
    """
    Write the edges `wanted` in the place of `stored`; equal rows stay.

    Returns the keys of the pictures that gained or lost a match, or whose match has changed.
    """
    by_pair = {edge.pair: edge for edge in wanted}
    removed = [edge for pair, edge in stored.items() if by_pair.get(pair) != edge]
    added = [edge for pair, edge in by_pair.items() if stored.get(pair) != edge]
    delete(removed)
    Match.objects.bulk_create(map(_row, added), batch_size=1000)
    # Clusters do not depend on which of the two keeps a match.
    before, after = (
        {(edge.pair, edge.kind, edge.alignment) for edge in edges} for edges in (removed, added)
    )
    return {key for pair, *_ in before ^ after for key in pair}


def delete(edges: Iterable[MatchEdge]) -> None:
    """Delete the rows of these edges."""
    seconds = defaultdict[tuple[int, str], list[int]](list)
    for edge in edges:
        seconds[edge.first, edge.kind].append(edge.second)
    for (first, kind), keys in seconds.items():
        for batch in in_batches(keys):
            Match.objects.filter(first=first, kind=kind, second__in=batch).delete()


def _row(edge: MatchEdge) -> Match:
    return Match(
        first_id=edge.first,
        second_id=edge.second,
        kind=edge.kind,
        first_keeps=edge.first_keeps,
        second_keeps=edge.second_keeps,
        **edge.alignment._asdict(),
    )
