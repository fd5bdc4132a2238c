"""Edges between pictures of equal content: a star around the one with the smallest key."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from gallery.batches import in_batches
from gallery.matching.alignments import EQUAL_CONTENT
from gallery.matching.match_rows import KeyPair, edges_at
from gallery.matching.nearest_matches import MatchEdge
from gallery.models import EQUAL_KINDS, Image, MatchKind

IS_STAR = Q(kind__in=EQUAL_KINDS)
# Key, file digest and content digest of a picture.
DigestRow = tuple[int, str, str]


def star_edges(rows: Iterable[DigestRow]) -> list[MatchEdge]:
    """Link each picture, keys ascending, to the first one of equal content."""
    centres: dict[str, tuple[int, str]] = {}
    edges = []
    for key, sha256, digest in rows:
        centre, centre_sha256 = centres.setdefault(digest, (key, sha256))
        if digest and centre != key:
            kind = MatchKind.BYTES if sha256 == centre_sha256 else MatchKind.PIXELS
            edges.append(MatchEdge(centre, key, kind, EQUAL_CONTENT, True, True))
    return edges


def stars_around(changed: set[int]) -> tuple[list[MatchEdge], dict[KeyPair, MatchEdge]]:
    """
    Return the star edges that the pictures `changed` should have, and those that are stored.

    Includes the stars that they belonged to before they changed.
    """
    stored = edges_at(changed, IS_STAR)
    rows = _rows_like(changed | {key for pair in stored for key in pair})
    keys = {key for key, *_ in rows}
    return star_edges(rows), stored | edges_at(changed | keys, IS_STAR)


def _rows_like(keys: set[int]) -> list[DigestRow]:
    """Return the rows of the pictures that share a content with one of `keys`, keys ascending."""
    digests = {
        digest
        for batch in in_batches(keys)
        for digest in Image.objects.filter(pk__in=batch)
        .order_by()
        .values_list("content_digest", flat=True)
        if digest
    }
    return sorted(
        row
        for batch in in_batches(digests)
        for row in Image.objects.filter(content_digest__in=batch)
        .order_by()
        .values_list("pk", "sha256", "content_digest")
    )
