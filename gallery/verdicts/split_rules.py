"""Rules for splitting a cluster: which pairs need a verdict, and what prevents a split."""

from __future__ import annotations

from collections.abc import Collection, Sized
from itertools import product
from typing import TypeVar

from gallery.verdicts.store import KnownVerdict

# Verdicts that one decision on a cluster writes; more would keep everybody else waiting.
MOST_PAIRS = 10_000

Content = TypeVar("Content", int, str)


def pairs_across(
    stay: Collection[Content], leave: Collection[Content]
) -> list[tuple[Content, Content]]:
    """
    Return the pairs of a content that stays and one that leaves, each in ascending order.

    Returns none if there are more than MOST_PAIRS.
    """
    pairs = product(stay, leave) if _is_bounded(stay, leave) else ()
    return [(min(pair), max(pair)) for pair in pairs]


def is_settled_by_person(verdict: KnownVerdict | None) -> bool:
    """Tell whether a person has given a verdict that keeps the pair apart."""
    # An inferred verdict does not count: it disappears with those it follows from.
    return verdict is not None and verdict.is_settled and not verdict.is_inferred


def split_problem(stay: Sized, leave: Sized, verdicts: Collection[KnownVerdict | None]) -> str:
    """
    Return why contents cannot be split and what to do about it, or "" if they can.

    `verdicts` are those known on the pairs across.
    """
    if not leave:
        return "no picture is selected to split off. Select at least one."
    if not stay:
        return "all pictures are selected to split off. Leave at least one where it is."
    if not _is_bounded(stay, leave):
        return (
            f"{len(stay) * len(leave):,} pairs would need a verdict (limit {MOST_PAIRS:,}). "
            "Split off fewer pictures at a time."
        )
    if count := sum(verdict is not None and not verdict.is_settled for verdict in verdicts):
        pairs_are = "one pair is" if count == 1 else f"{count} pairs are"
        return (
            f"{pairs_are} marked as duplicates and would be separated. Keep duplicates on the "
            "same side, or withdraw that verdict first."
        )
    if verdicts and all(map(is_settled_by_person, verdicts)):
        return "all pairs between the two parts are settled already."
    return ""


def _is_bounded(stay: Sized, leave: Sized) -> bool:
    return len(stay) * len(leave) <= MOST_PAIRS
