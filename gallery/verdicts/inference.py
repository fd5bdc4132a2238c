"""
Verdicts that follow from others.

Duplicates are transitive, and "related" and "not a duplicate" carry over to duplicates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations, product

DUPLICATE = "duplicate"
# In ascending order: where several verdicts apply to a pair, the last one here wins.
STRENGTH = (DUPLICATE, "related", "not_a_duplicate")
# Contents that are all one picture; of more than these, too many pairs would follow.
MOST_CONTENTS = 50

Pair = tuple[str, str]


def inferred(verdicts: Iterable[tuple[str, str, str]]) -> dict[Pair, str]:
    """
    Return the kinds of verdicts that follow from `verdicts` for other pairs.

    Each verdict is (content digest, content digest, kind). If A and B are duplicates, and B and C
    are, then so are A and C; if B and D are related or not duplicates, then so are A and D. No
    verdict follows for a pair that has one. Pairs are in ascending order.
    """
    kinds = {(min(a, b), max(a, b)): kind for a, b, kind in verdicts if a != b}
    groups = _groups(pair for pair, kind in kinds.items() if kind == DUPLICATE)
    implied: dict[Pair, str] = {}
    for group in {id(group): group for group in groups.values()}.values():
        for pair in combinations(sorted(group), 2):
            implied[pair] = DUPLICATE
    for (a, b), kind in sorted(kinds.items(), key=lambda item: STRENGTH.index(item[1])):
        first, second = groups.get(a, {a}), groups.get(b, {b})
        if kind != DUPLICATE and first is not second:
            implied |= {(min(pair), max(pair)): kind for pair in product(first, second)}
    return {pair: kind for pair, kind in implied.items() if pair not in kinds}


def _groups(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    """Return, by content, the group of its duplicates, without groups that are too large."""
    group_of: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        merged = group_of[a] | group_of[b] | {a, b}
        for digest in merged:
            group_of[digest] = merged
    return {digest: group for digest, group in group_of.items() if len(group) <= MOST_CONTENTS}
