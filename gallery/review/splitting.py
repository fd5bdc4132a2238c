"""Splitting a cluster: the pictures of one part are no duplicates of those of the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction

from gallery import decisions
from gallery.decisions import Cell, Conflict, Part, pair_place
from gallery.models import Decision, DecisionItem, Image, Verdict
from gallery.people import Member
from gallery.review import deciding
from gallery.verdicts import (
    is_said_apart,
    pairs_across,
    said_of,
    split_problem,
)

Fate = DecisionItem.Fate


@transaction.atomic
def split(
    stay: Collection[int], leave: Collection[int], reviewer: Member, as_of: int | None
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
    decisions.lock()
    fates = dict.fromkeys(stay, Fate.CONCERNED) | dict.fromkeys(leave, Fate.NOT_A_DUPLICATE)
    if made := deciding.made_already(fates, reviewer, as_of, Decision.Action.SPLIT):
        return made
    images = deciding.locked({*stay, *leave}, reviewer)
    deciding.check_unchanged({*stay, *leave}, images, reviewer, as_of)
    ours, theirs = (_by_content(keys, images) for keys in (stay, leave))
    changes = _told_apart(ours, theirs, reviewer)
    leaving = {key for key, image in images.items() if image.content_digest in theirs}
    return _record(changes, list(images), leaving, reviewer)


def _told_apart(
    ours: Mapping[str, Image], theirs: Mapping[str, Image], reviewer: Member
) -> list[Cell]:
    """Return what has to be said so that all pairs across are settled; raises Conflict."""
    if not ours.keys().isdisjoint(theirs):
        raise Conflict(
            "Nothing was changed: copies with the same pixels were to be parted. What is said of "
            "one holds for all; choose “Not a duplicate” for the copy itself instead."
        )
    pairs = pairs_across(ours, theirs)
    said = said_of([*ours, *theirs]) if pairs else {}
    if problem := split_problem(ours, theirs, [said.get(pair) for pair in pairs]):
        raise Conflict(f"Nothing was changed: {problem}")
    one_of = {**ours, **theirs}
    return [
        _change(one_of[a], one_of[b], reviewer)
        for a, b in pairs
        if not is_said_apart(said.get((a, b)))
    ]


def _change(first: Image, second: Image, reviewer: Member) -> Cell:
    value = deciding.verdict_of(first, second, Verdict.Kind.NOT_A_DUPLICATE.value, reviewer)
    return Cell(pair_place(first, second), None, value)


def _record(changes: list[Cell], keys: list[int], leaving: set[int], reviewer: Member) -> Decision:
    parts = [Part(key, Fate.NOT_A_DUPLICATE if key in leaving else Fate.CONCERNED) for key in keys]
    pairs = f"{len(changes)} pair{'' if len(changes) == 1 else 's'}"
    summary = f"split off {len(leaving)} of {len(keys)} pictures, {pairs} called no duplicates"
    return decisions.record(Decision.Action.SPLIT, reviewer, changes, parts, summary)


def _by_content(keys: Collection[int], images: Mapping[int, Image]) -> dict[str, Image]:
    """Return one picture for each content."""
    return {images[key].content_digest: images[key] for key in sorted(keys, reverse=True)}
