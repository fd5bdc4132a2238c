"""TODO docstring."""

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
class Outlook:
    """What splitting off the pictures `leave` would do; `problem` says why it cannot be done."""

    stay: list[int]
    leave: list[int]
    pairs: int
    settled: int
    problem: str
    groups: list[set[int]]
    """Who will be together afterwards; none are told where it cannot be done."""

    @classmethod
    def of(cls, links: ClusterLinks, leave: Collection[int]) -> Outlook:
        """Look what would happen to a cluster; copies of one content stay together."""
        numbers = {links.number_of[key] for key in leave if key in links.number_of}
        going = sorted(numbers)
        staying = [number for number in range(len(links.contents)) if number not in numbers]
        apart = pairs_across(staying, going)
        said = [links.said.get(pair) for pair in apart]
        settled = sum(map(is_settled_by_person, said))
        problem = split_problem(staying, going, said)
        return cls(
            *(links.members(staying), links.members(going)),
            len(staying) * len(going) - settled,
            settled,
            problem,
            [] if problem else links.together(apart),
        )

    @property
    def sentence(self) -> str:
        """What would happen, in words."""
        parts = ", ".join(
            _told(verb, self.parts_of(keys))
            for verb, keys in (("stay", self.stay), ("leave", self.leave))
        )
        pairs = f"{self.pairs} pair{'' if self.pairs == 1 else 's'}"
        settled = f" {self.settled} more had been settled before." if self.settled else ""
        are = "is" if self.pairs == 1 else "are"
        still = _still(self.across)
        return f"{parts}; {pairs} {are} remembered as not duplicates.{settled}{still}"

    def parts_of(self, keys: Collection[int]) -> list[int]:
        """Return how many of `keys` will be together, most first."""
        return sorted((len(some) for one in self.groups if (some := one & set(keys))), reverse=True)

    @property
    def across(self) -> int:
        """How many pictures will be together with one of the other part all the same."""
        both = [one for one in self.groups if one & set(self.stay) and one & set(self.leave)]
        return sum(map(len, both))


def _told(verb: str, parts: list[int]) -> str:
    """Say how many stay or leave, and whether they hang together."""
    count = sum(parts)
    if count == 1:
        return f"1 picture {verb}s"
    if len(parts) == 1:
        return f"{count} pictures {verb} together"
    if parts[0] == 1:
        return f"{count} pictures {verb}, each by itself"
    sizes = ", ".join(map(str, parts[:-1])) + f" and {parts[-1]}"
    return f"{count} pictures {verb}, in clusters of {sizes}"


def _still(count: int) -> str:
    if not count:
        return ""
    return (
        f" {count} pictures of both parts will still be shown together, because they are the same "
        "as a further picture, of which nothing is said."
    )
