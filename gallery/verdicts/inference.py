"""What follows from verdicts: a copy of a copy is a copy, what is none of one is none of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations, product

DUPLICATE = "duplicate"
# Among others: what is said of a pair outweighs what stands before it here.
STRENGTH = (DUPLICATE, "related", "not_a_duplicate")
# Of contents that are all one picture; beyond it the pairs are too many to write down.
MOST_CONTENTS = 50

Pair = tuple[str, str]


def inferred(said: Iterable[tuple[str, str, str]]) -> dict[Pair, str]:
    """
    Return what follows from `said`, (content digest, content digest, kind), of other pairs.

    If A and B are duplicates, and B and C are, so are A and C; and what is said of B and D,
    related or no duplicates, holds of A and D. Nothing follows of a pair of which something is
    said. The pairs are in ascending order.
    """
    kinds = {(min(a, b), max(a, b)): kind for a, b, kind in said if a != b}
    groups = _groups(pair for pair, kind in kinds.items() if kind == DUPLICATE)
    found: dict[Pair, str] = {}
    for group in {id(group): group for group in groups.values()}.values():
        for pair in combinations(sorted(group), 2):
            found[pair] = DUPLICATE
    for (a, b), kind in sorted(kinds.items(), key=lambda item: STRENGTH.index(item[1])):
        first, second = groups.get(a, {a}), groups.get(b, {b})
        if kind != DUPLICATE and first is not second:
            found |= {(min(pair), max(pair)): kind for pair in product(first, second)}
    return {pair: kind for pair, kind in found.items() if pair not in kinds}


def _groups(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    """Return the contents that are one picture, by each of them; groups too large are left out."""
    group_of: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        merged = group_of[a] | group_of[b] | {a, b}
        for digest in merged:
            group_of[digest] = merged
    return {digest: group for digest, group in group_of.items() if len(group) <= MOST_CONTENTS}
