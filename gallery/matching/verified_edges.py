"""The kinds of edges, which looking at the pixels of both pictures has shown."""

from __future__ import annotations

from collections.abc import Iterable

from gallery.batches import in_batches
from gallery.matching.nearest_matches import MatchEdge
from gallery.models import Image
from gallery.verification import known_kinds, ordered


def with_kinds(edges: list[MatchEdge]) -> list[MatchEdge]:
    """Return `edges` with the kinds that are known; the others stay unverified."""
    digest_of = _digests({key for edge in edges for key in edge.pair})
    contents = [
        ordered(digest_of.get(edge.first, ""), digest_of.get(edge.second, "")) for edge in edges
    ]
    kinds = known_kinds(contents)
    return [
        edge._replace(kind=kinds.get(pair, edge.kind))
        for edge, pair in zip(edges, contents, strict=True)
    ]


def _digests(keys: Iterable[int]) -> dict[int, str]:
    return {
        key: digest
        for batch in in_batches(keys)
        for key, digest in Image.objects.filter(pk__in=batch)
        .order_by()
        .values_list("pk", "content_digest")
    }
