"""Which pairs of pictures people have settled, so that nobody is asked again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import product

from django.db.models import QuerySet

from gallery.models import Verdict


def settled_pairs(
    digest_of: Mapping[int, str], verdicts: QuerySet[Verdict] | None = None
) -> set[tuple[int, int]]:
    """
    Return the pairs of keys, smaller one first, that somebody chose to keep side by side.

    `digest_of` holds the content digests of pictures by key; `verdicts` are those to consider.
    """
    judged = (Verdict.objects.all() if verdicts is None else verdicts).exclude(
        kind=Verdict.Kind.DUPLICATE
    )
    keys_of: dict[str, list[int]] = defaultdict(list)
    for key, digest in digest_of.items():
        keys_of[digest].append(key)
    settled = set()
    fields = ("first_digest", "second_digest", "first_id", "second_id")
    for first, second, first_id, second_id in judged.values_list(*fields):
        # Between equal contents a verdict is about these two copies only: a third one is news.
        if first == second:
            is_of_both = digest_of.get(first_id) == digest_of.get(second_id) == first
            pairs = [(first_id, second_id)] if is_of_both else []
        else:
            pairs = product(keys_of[first], keys_of[second])
        settled |= {(min(pair), max(pair)) for pair in pairs}
    return settled
