"""Splitting a cluster: no picture of one part is a duplicate of one in the other part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from django.db import transaction

from gallery import decisions
from gallery.decisions import Conflict, ItemEffect, VerdictChange
from gallery.models import Decision, DecisionItem, Verdict
from gallery.people import Member
from gallery.review.decision_request import SplitRequest
from gallery.review.locked_pictures import LockedPictures
from gallery.review.preconditions import check_unchanged
from gallery.review.repeated_requests import made_already
from gallery.verdicts import is_settled_by_person, pairs_across, split_problem, verdicts_between

Effect = DecisionItem.Effect


@transaction.atomic
def split(request: SplitRequest) -> Decision:
    """
    Give the verdict "not a duplicate" on all pairs of a picture that stays and one that leaves.

    All pairs are settled, not only those that match now: a match that is not stored today,
    because fifty others are nearer, may be stored tomorrow. A verdict by a person that already
    keeps a pair apart stays as it is. If the reviewer sends the same request again, the earlier
    decision is returned.

    Raises Conflict if a part is empty; if a picture has gone or was decided on since
    `as_of`; if copies of one content are on both sides, or pictures marked as duplicates.
    """
    decisions.lock()
    reviewer, as_of = request.reviewer, request.as_of
    effects = dict.fromkeys(request.stay, Effect.CONCERNED)
    effects |= dict.fromkeys(request.leave, Effect.NOT_A_DUPLICATE)
    if made := made_already(effects, reviewer, as_of, Decision.Action.SPLIT):
        return made
    pictures = LockedPictures.of(effects, reviewer)
    check_unchanged(effects.keys(), pictures, reviewer, as_of)
    staying, leaving = (_by_content(keys, pictures) for keys in (request.stay, request.leave))
    changes = _verdict_changes(staying, leaving, pictures, reviewer)
    return _record(changes, _effects(pictures, leaving.keys()), reviewer)


def _by_content(keys: Iterable[int], pictures: LockedPictures) -> dict[str, int]:
    """Return one picture, by key, for each content."""
    return {pictures.images[key].content_digest: key for key in sorted(keys, reverse=True)}


def _verdict_changes(
    staying: Mapping[str, int],
    leaving: Mapping[str, int],
    pictures: LockedPictures,
    reviewer: Member,
) -> list[VerdictChange]:
    """Return the verdicts still needed to settle all pairs across; raise Conflict."""
    if not staying.keys().isdisjoint(leaving):
        raise Conflict(
            "Nothing was changed: copies with the same pixels would be separated, but a verdict "
            "on one holds for all of them. Choose “Not a duplicate” for the copy itself instead."
        )
    pairs = pairs_across(staying, leaving)
    known = verdicts_between([*staying, *leaving]) if pairs else {}
    if problem := split_problem(staying, leaving, [known.get(pair) for pair in pairs]):
        raise Conflict(f"Nothing was changed: {problem}")
    key_of = {**staying, **leaving}
    unsettled = [pair for pair in pairs if not is_settled_by_person(known.get(pair))]
    return [_verdict(pictures, key_of[a], key_of[b], reviewer) for a, b in unsettled]


def _verdict(pictures: LockedPictures, a: int, b: int, reviewer: Member) -> VerdictChange:
    pair = pictures.pair(a, b)
    return VerdictChange(pair.target, None, pair.verdict(Verdict.Kind.NOT_A_DUPLICATE, reviewer))


def _effects(pictures: LockedPictures, leaving: Set[str]) -> list[ItemEffect]:
    return [
        ItemEffect(
            key, Effect.NOT_A_DUPLICATE if image.content_digest in leaving else Effect.CONCERNED
        )
        for key, image in pictures.images.items()
    ]


def _record(
    changes: Sequence[VerdictChange], effects: Sequence[ItemEffect], reviewer: Member
) -> Decision:
    count = sum(item.effect == Effect.NOT_A_DUPLICATE for item in effects)
    pairs = "1 pair" if len(changes) == 1 else f"{len(changes)} pairs"
    summary = f"split off {count} of {len(effects)} pictures, {pairs} marked as not duplicates"
    return decisions.record(Decision.Action.SPLIT, reviewer, changes, effects, summary)
