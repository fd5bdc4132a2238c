"""TODO docstring."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from typing import Any

from gallery.verdicts.store import Said

# Verdicts that a decision on one cluster writes; more would keep everybody else waiting.
MOST_PAIRS = 10_000


def pairs_across(stay: Collection[Any], leave: Collection[Any]) -> list[tuple[Any, Any]]:
    """Return the pairs of one here and one there, the smaller first; none if they are too many."""
    pairs = product(stay, leave) if is_bounded(stay, leave) else ()
    return [(min(pair), max(pair)) for pair in pairs]


def is_bounded(stay: Collection, leave: Collection) -> bool:
    return len(stay) * len(leave) <= MOST_PAIRS


def is_said_apart(said: Said | None) -> bool:
    # What only follows from other verdicts goes when those go, so it is said again.
    return said is not None and said.is_settled and not said.is_inferred


def split_problem(stay: Collection, leave: Collection, said: Collection[Said | None]) -> str:
    """Return why contents cannot be parted, and what to do about it; "" if they can."""
    if not leave or not stay:
        which = "no picture was chosen to leave" if stay else "all pictures were chosen to leave"
        return f"{which}. Choose some of them."
    if not is_bounded(stay, leave):
        return (
            f"{len(stay) * len(leave):,} pairs would have to be remembered, and {MOST_PAIRS:,} "
            "are the most at once. Split off fewer pictures at a time."
        )
    if same := sum(one is not None and not one.is_settled for one in said):
        pairs = "one pair was" if same == 1 else f"{same} pairs were"
        return (
            f"{pairs} called duplicates before and would be parted. Leave duplicates on one side, "
            "or take back that verdict first."
        )
    if said and all(map(is_said_apart, said)):
        return "all pairs between the two parts had been settled before."
    return ""
