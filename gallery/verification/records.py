"""The stored results of looking at two contents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from gallery.batches import in_batches
from gallery.models import MatchKind
from gallery.models import Verification as VerificationRow
from hashing.verification import VERSION, Kind, Verification

ContentPair: TypeAlias = tuple[str, str]

# What a match of hashes is called after both pictures were looked at. Too little detail proves
# nothing, so such pictures are no copies by their pixels.
MATCH_KINDS: Mapping[Kind, MatchKind] = {
    Kind.COPY: MatchKind.COPY,
    Kind.ALTERED: MatchKind.ALTERED,
    Kind.DIFFERENT: MatchKind.SIMILAR,
    Kind.UNVERIFIED: MatchKind.SIMILAR,
}


def ordered(first: str, second: str) -> ContentPair:
    """Return two content digests, the smaller one first."""
    return (first, second) if first <= second else (second, first)


def known_kinds(pairs: Iterable[ContentPair]) -> dict[ContentPair, MatchKind]:
    """Return the kinds of those `pairs` of contents that were looked at."""
    return {(row.first_digest, row.second_digest): MatchKind(row.kind) for row in _rows(set(pairs))}


def verifications(pairs: Iterable[ContentPair]) -> dict[ContentPair, Verification]:
    """Return what was seen of those `pairs` of contents that were looked at."""
    return {
        (row.first_digest, row.second_digest): Verification.from_json(row.details)
        for row in _rows(set(pairs))
        if row.details
    }


def record(results: Mapping[ContentPair, Verification]) -> None:
    """Store `results`, each seen from the first content of its pair."""
    rows = [
        VerificationRow(
            first_digest=first,
            second_digest=second,
            kind=MATCH_KINDS[result.kind],
            version=VERSION,
            details=result.to_json(),
        )
        for (first, second), result in results.items()
    ]
    VerificationRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["first_digest", "second_digest"],
        update_fields=["kind", "version", "details", "verified_at"],
    )


def _rows(pairs: set[ContentPair]) -> list[VerificationRow]:
    """Return the rows of `pairs` that the present method made."""
    seconds: dict[str, set[str]] = {}
    for first, second in pairs:
        seconds.setdefault(first, set()).add(second)
    found = []
    for batch in in_batches(seconds):
        rows = VerificationRow.objects.filter(version=VERSION, first_digest__in=batch)
        found += [row for row in rows.iterator() if row.second_digest in seconds[row.first_digest]]
    return found
