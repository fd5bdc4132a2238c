"""Which pairs of pictures people have settled, so that no cluster suggests them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import product

from django.db.models import QuerySet

from gallery.models import Verdict


def settled_pairs(
    digest_of: Mapping[int, str], verdicts: QuerySet[Verdict] | None = None
) -> set[tuple[int, int]]:
    """
    Return the pairs of keys, the smaller first, with a verdict to keep both pictures.

    `digest_of` maps the keys of pictures to their content digests. Only `verdicts` count, by
    default all.
    """
    rows = (Verdict.objects.all() if verdicts is None else verdicts).exclude(
        kind=Verdict.Kind.DUPLICATE
    )
    keys_of: dict[str, list[int]] = defaultdict(list)
    for key, digest in digest_of.items():
        keys_of[digest].append(key)
    settled: set[tuple[int, int]] = set()
    columns = ("first_digest", "second_digest", "first_id", "second_id")
    for first, second, first_key, second_key in rows.values_list(*columns):
        # A verdict on equal contents settles its two copies only: a third copy is new.
        if first == second:
            pairs = _copies(first, first_key, second_key, digest_of)
        else:
            pairs = product(keys_of[first], keys_of[second])
        settled |= {(min(pair), max(pair)) for pair in pairs}
    return settled


def _copies(
    digest: str, first: int | None, second: int | None, digest_of: Mapping[int, str]
) -> Iterable[tuple[int, int]]:
    """Return the pair of two copies, if both still are pictures of that content."""
    if first is None or second is None:
        return []
    return [(first, second)] if digest_of.get(first) == digest_of.get(second) == digest else []
