"""What splitting a cluster would do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gallery.clusters.cluster_links import ClusterLinks
from gallery.verdicts import (
    is_settled_by_person,
    pairs_across,
    split_problem,
)


@dataclass(frozen=True)
class SplitOutlook:
    """
    What splitting off the pictures `leave` would do; `problem` says why it is impossible.

    `pairs` would be marked as not duplicates; `settled` are marked already.
    """

    stay: list[int]
    leave: list[int]
    pairs: int
    settled: int
    problem: str
    groups: list[set[int]]
    """The pictures that would be together afterwards; empty if the split is impossible."""

    @classmethod
    def of(cls, links: ClusterLinks, leave: Collection[int]) -> SplitOutlook:
        """Return the outlook for a cluster; copies of one content stay together."""
        numbers = {links.number_of[key] for key in leave if key in links.number_of}
        going = sorted(numbers)
        staying = [number for number in range(len(links.contents)) if number not in numbers]
        apart = pairs_across(staying, going)
        verdicts = [links.verdicts.get(pair) for pair in apart]
        settled = sum(map(is_settled_by_person, verdicts))
        problem = split_problem(staying, going, verdicts)
        return cls(
            stay=links.members(staying),
            leave=links.members(going),
            pairs=len(staying) * len(going) - settled,
            settled=settled,
            problem=problem,
            groups=[] if problem else links.clusters_without(apart),
        )

    @property
    def sentence(self) -> str:
        """The outlook in words."""
        stay, leave = self.parts_of(self.stay), self.parts_of(self.leave)
        parts = f"{_part('stay', stay)}, {_part('leave', leave)}"
        pairs = f"{self.pairs} pair{'' if self.pairs == 1 else 's'}"
        return (
            f"{parts}; {pairs} will be marked as not duplicates."
            f"{_settled(self.settled)}{_still_together(self.across)}"
        )

    def parts_of(self, keys: Collection[int]) -> list[int]:
        """Return the sizes of the groups that `keys` will form, the largest first."""
        parts = [group & set(keys) for group in self.groups]
        return sorted((len(part) for part in parts if part), reverse=True)

    @property
    def across(self) -> int:
        """How many pictures will still share a cluster with a picture of the other part."""
        stay, leave = set(self.stay), set(self.leave)
        return sum(len(group) for group in self.groups if group & stay and group & leave)


def _part(verb: str, sizes: list[int]) -> str:
    """Return how many pictures stay or leave, and whether together; `sizes` are descending."""
    count = sum(sizes)
    if count == 1:
        return f"1 picture {verb}s"
    if len(sizes) == 1:
        return f"{count} pictures {verb} together"
    if sizes[0] == 1:
        return f"{count} pictures {verb}, each by itself"
    listed = ", ".join(map(str, sizes[:-1])) + f" and {sizes[-1]}"
    return f"{count} pictures {verb}, in clusters of {listed}"


def _settled(count: int) -> str:
    if not count:
        return ""
    return f" {count} more {'is' if count == 1 else 'are'} marked already."


def _still_together(count: int) -> str:
    if not count:
        return ""
    return (
        f" {count} pictures of both parts will still be shown together, because they match "
        "another picture that has no verdict."
    )
