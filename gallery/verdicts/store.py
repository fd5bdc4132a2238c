"""Verdicts in the database: given ones, and the inferred ones that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from gallery.batches import in_batches
from gallery.models import Image, Verdict
from gallery.verdicts.inference import DUPLICATE, Pair, inferred
from hashing.index import note_changes


class KnownVerdict(NamedTuple):
    """The verdict on two contents."""

    kind: str
    is_inferred: bool

    @property
    def is_settled(self) -> bool:
        """Whether both are to be kept."""
        return self.kind != Verdict.Kind.DUPLICATE


def given_verdicts() -> QuerySet[Verdict]:
    """Return the verdicts that people gave."""
    return Verdict.objects.filter(is_inferred=False)


def verdicts_between(contents: Iterable[str]) -> dict[Pair, KnownVerdict]:
    """Return the verdicts on pairs of different `contents`, by the pair in ascending order."""
    contents = set(contents)
    verdicts: dict[Pair, KnownVerdict] = {}
    columns = ("first_digest", "second_digest", "kind", "is_inferred")
    for portion in in_batches(contents):
        rows = Verdict.objects.filter(first_digest__in=portion).order_by()
        for first, second, kind, is_inferred in rows.values_list(*columns):
            if second in contents and first != second:
                verdicts[first, second] = KnownVerdict(kind, is_inferred)
    return verdicts


def follow(digests: Iterable[str]) -> None:
    """
    Renew the verdicts inferred from those on these contents, and note it in the change log.

    Call it in the transaction that changed verdicts on them.
    """
    touched = set(digests)
    if not touched:
        return
    near = _with_duplicates(touched)
    around = near | _contents(given_verdicts().filter(_touching(near)))
    given = given_verdicts().filter(_touching(_with_duplicates(around)))
    rows = given.exclude(first_digest=F("second_digest"))
    implied = inferred(rows.values_list("first_digest", "second_digest", "kind"))
    expected = {pair: kind for pair, kind in implied.items() if near & set(pair)}
    changed = _store(expected, Verdict.objects.filter(_touching(near), is_inferred=True))
    concerned = Image.objects.filter(content_digest__in=touched | changed)
    note_changes(Image, concerned.order_by("pk").values_list("pk", flat=True))


def _store(expected: dict[Pair, str], stored: QuerySet[Verdict]) -> set[str]:
    """Make `stored` hold what is `expected`; return the contents whose verdicts changed."""
    row_of = {(row.first_digest, row.second_digest): row for row in stored}
    stale = {pair: row for pair, row in row_of.items() if expected.get(pair) != row.kind}
    new = {pair: kind for pair, kind in expected.items() if pair not in row_of or pair in stale}
    Verdict.objects.filter(pk__in=[row.pk for row in stale.values()]).delete()
    rows = [
        Verdict(first_digest=first, second_digest=second, kind=kind, is_inferred=True)
        for (first, second), kind in new.items()
    ]
    Verdict.objects.bulk_create(rows, batch_size=200)
    return {digest for pair in stale.keys() | new.keys() for digest in pair}


def _with_duplicates(digests: set[str]) -> set[str]:
    """Return `digests`, their duplicates, the duplicates of those, and so on."""
    reached, frontier = set(digests), set(digests)
    while frontier:
        rows = given_verdicts().filter(_touching(frontier), kind=DUPLICATE)
        frontier = _contents(rows) - reached
        reached |= frontier
    return reached


def _touching(digests: Iterable[str]) -> Q:
    digests = list(digests)
    return Q(first_digest__in=digests) | Q(second_digest__in=digests)


def _contents(verdicts: QuerySet[Verdict]) -> set[str]:
    """Return the digests of all contents that `verdicts` are about."""
    pairs = verdicts.values_list("first_digest", "second_digest")
    return {digest for pair in pairs for digest in pair}
