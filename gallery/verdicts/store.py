"""Verdicts as rows: what was said, what follows from it, and who has to hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from gallery.batches import in_batches
from gallery.models import Image, Verdict
from gallery.verdicts.inference import DUPLICATE, Pair, inferred
from hashing.index import note_changes


def said() -> QuerySet[Verdict]:
    """Return the verdicts that people gave."""
    return Verdict.objects.filter(is_inferred=False)


def follow(digests: Iterable[str]) -> None:
    """
    Make anew what follows from the verdicts on these contents, and tell who follows the log.

    To be called in the transaction that changed verdicts on them.
    """
    touched = set(digests)
    if not touched:
        return
    near = _one_with(touched)
    around = near | _ends(said().filter(_touching(near)))
    explicit = said().filter(_touching(_one_with(around))).exclude(first_digest=F("second_digest"))
    rows = explicit.values_list("first_digest", "second_digest", "kind")
    expected = {pair: kind for pair, kind in inferred(rows).items() if near & set(pair)}
    changed = _store(expected, Verdict.objects.filter(_touching(near), is_inferred=True))
    concerned = Image.objects.filter(content_digest__in=touched | changed)
    note_changes(Image, concerned.order_by("pk").values_list("pk", flat=True))


def _store(expected: dict[Pair, str], stored: QuerySet[Verdict]) -> set[str]:
    """Make `stored` hold what is `expected`; returns the contents of which something changed."""
    there = {(row.first_digest, row.second_digest): row for row in stored}
    stale = [row for pair, row in there.items() if expected.get(pair) != row.kind]
    gone = {(row.first_digest, row.second_digest) for row in stale}
    new = {pair: kind for pair, kind in expected.items() if pair not in there or pair in gone}
    Verdict.objects.filter(pk__in=[row.pk for row in stale]).delete()
    Verdict.objects.bulk_create(
        [
            Verdict(first_digest=a, second_digest=b, kind=kind, is_inferred=True)
            for (a, b), kind in new.items()
        ],
        batch_size=200,
    )
    return {digest for pair in gone | set(new) for digest in pair}


def _one_with(digests: set[str]) -> set[str]:
    """Return `digests` and all contents that were called duplicates of them, however far."""
    found, frontier = set(digests), set(digests)
    while frontier:
        frontier = _ends(said().filter(_touching(frontier), kind=DUPLICATE)) - found
        found |= frontier
    return found


def _touching(digests: Iterable[str]) -> Q:
    digests = list(digests)
    return Q(first_digest__in=digests) | Q(second_digest__in=digests)


def _ends(verdicts: QuerySet[Verdict]) -> set[str]:
    pairs: Sequence[Pair] = verdicts.values_list("first_digest", "second_digest")
    return {digest for pair in pairs for digest in pair}


class Said(NamedTuple):
    """A verdict on two contents."""

    kind: str
    is_inferred: bool

    @property
    def is_settled(self) -> bool:
        """Whether the two are kept side by side."""
        return self.kind != Verdict.Kind.DUPLICATE


def said_of(contents: Iterable[str]) -> dict[tuple[str, str], Said]:
    """Return what was said of pairs of different contents, by the two of them, ascending."""
    contents = set(contents)
    found: dict[tuple[str, str], Said] = {}
    for part in in_batches(contents):
        rows = Verdict.objects.filter(first_digest__in=part).order_by()
        for first, second, *said in rows.values_list(
            "first_digest", "second_digest", "kind", "is_inferred"
        ):
            if second in contents and first != second:
                found[first, second] = Said(*said)
    return found
