"""Splitting a cluster: the pictures of one part are no duplicates of those of the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from gallery import ledger, review
from gallery.cells import Cell, pair_place
from gallery.ledger import Conflict, Part
from gallery.links import ClusterLinks, Said, said_of
from gallery.models import DecidedPicture, Decision, Image, Verdict
from gallery.review import MOST_PAIRS

Fate = DecidedPicture.Fate


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
        apart = _across(staying, going)
        said = [links.said.get(pair) for pair in apart]
        settled = sum(map(_is_said_apart, said))
        problem = _problem(staying, going, said)
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


@transaction.atomic
def split(
    stay: Collection[int], leave: Collection[int], reviewer: AbstractBaseUser, as_of: int | None
) -> Decision:
    """
    Remember that no picture of `stay` and of `leave`, given by their keys, are duplicates.

    All pairs across are settled, not only those that are linked now: a match that is not kept
    today, because fifty others are nearer, may be kept tomorrow. What a person said of a pair
    before, if it keeps the two apart as well, is left as it was said.

    What is sent again by somebody who lost the answer is not done twice.

    Raises Conflict if a part is empty, if a picture has gone or was decided on since `as_of`, if
    a content is on both sides, and if pictures on the two sides are known to be duplicates.
    """
    ledger.lock()
    fates = dict.fromkeys(stay, Fate.CONCERNED) | dict.fromkeys(leave, Fate.NOT_A_DUPLICATE)
    if made := review.made_already(fates, reviewer, as_of, Decision.Action.SPLIT):
        return made
    images = review.locked({*stay, *leave}, reviewer)
    review.check_unchanged({*stay, *leave}, images, reviewer, as_of)
    ours, theirs = (_by_content(keys, images) for keys in (stay, leave))
    changes = _told_apart(ours, theirs, reviewer)
    leaving = {key for key, image in images.items() if image.content_digest in theirs}
    return _record(changes, list(images), leaving, reviewer)


def _told_apart(
    ours: Mapping[str, Image], theirs: Mapping[str, Image], reviewer: AbstractBaseUser
) -> list[Cell]:
    """Return what has to be said so that all pairs across are settled; raises Conflict."""
    if not ours.keys().isdisjoint(theirs):
        raise Conflict(
            "Nothing was changed: copies with the same pixels were to be parted. What is said of "
            "one holds for all; choose “Not a duplicate” for the copy itself instead."
        )
    pairs = _across(ours, theirs)
    said = said_of([*ours, *theirs]) if pairs else {}
    if problem := _problem(ours, theirs, [said.get(pair) for pair in pairs]):
        raise Conflict(f"Nothing was changed: {problem}")
    one_of = {**ours, **theirs}
    return [
        _change(one_of[a], one_of[b], reviewer)
        for a, b in pairs
        if not _is_said_apart(said.get((a, b)))
    ]


def _change(first: Image, second: Image, reviewer: AbstractBaseUser) -> Cell:
    value = review.verdict_of(first, second, Verdict.Kind.NOT_A_DUPLICATE.value, reviewer)
    return Cell(pair_place(first, second), None, value)


def _record(
    changes: list[Cell], keys: list[int], leaving: set[int], reviewer: AbstractBaseUser
) -> Decision:
    parts = [Part(key, Fate.NOT_A_DUPLICATE if key in leaving else Fate.CONCERNED) for key in keys]
    pairs = f"{len(changes)} pair{'' if len(changes) == 1 else 's'}"
    summary = f"split off {len(leaving)} of {len(keys)} pictures, {pairs} called no duplicates"
    return ledger.record(Decision.Action.SPLIT, reviewer, changes, parts, summary)


def _by_content(keys: Collection[int], images: Mapping[int, Image]) -> dict[str, Image]:
    """Return one picture for each content."""
    return {images[key].content_digest: images[key] for key in sorted(keys, reverse=True)}


def _across(stay: Collection[Any], leave: Collection[Any]) -> list[tuple[Any, Any]]:
    """Return the pairs of one here and one there, the smaller first; none if they are too many."""
    pairs = product(stay, leave) if _is_bounded(stay, leave) else ()
    return [(min(pair), max(pair)) for pair in pairs]


def _is_bounded(stay: Collection, leave: Collection) -> bool:
    return len(stay) * len(leave) <= MOST_PAIRS


def _is_said_apart(said: Said | None) -> bool:
    # What only follows from other verdicts goes when those go, so it is said again.
    return said is not None and said.is_settled and not said.is_inferred


def _problem(stay: Collection, leave: Collection, said: Collection[Said | None]) -> str:
    """Return why contents cannot be parted, and what to do about it; "" if they can."""
    if not leave or not stay:
        which = "no picture was chosen to leave" if stay else "all pictures were chosen to leave"
        return f"{which}. Choose some of them."
    if not _is_bounded(stay, leave):
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
    if said and all(map(_is_said_apart, said)):
        return "all pairs between the two parts had been settled before."
    return ""


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
