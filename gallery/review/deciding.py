"""Decisions on clusters, each carried out in one transaction and undone as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from gallery import decisions
from gallery.decisions import Change, ColumnChange, Conflict, ItemEffect, effects_summary
from gallery.models import Decision
from gallery.people import Member
from gallery.review.choice_verdicts import verdict_changes
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.review.locked_pictures import LockedPictures
from gallery.review.merging import planned_flows
from gallery.review.preconditions import (
    check_files,
    check_owners,
    check_pair_count,
    check_pictures,
)
from gallery.review.repeated_requests import made_already

Action = Decision.Action


@dataclass(frozen=True)
class Accepted:
    """The outcome for clusters decided together; `decision` is None if all were left out."""

    decision: Decision | None
    left: list[str] = field(default_factory=list)
    """The reason for each cluster that was left out."""


@dataclass(frozen=True)
class _Plan:
    """What the choices for one cluster change."""

    changes: list[Change]
    effects: list[ItemEffect]


@transaction.atomic
def decide(request: DecisionRequest) -> Decision | None:
    """
    Carry out the choices for one cluster.

    Pictures kept side by side become "related", and a trashed one a "duplicate" of those kept.
    A picture chosen as "related" or "not a duplicate" gets that verdict with all the others.
    Returns None if nothing was chosen, and the earlier decision if the reviewer sends the same
    request again.

    Raises Conflict if pictures have gone, or were decided on since `as_of`; if too many pairs would
    get a verdict; if pictures would be trashed but none kept, or only ones with a missing file.
    """
    decisions.lock()
    reviewer, as_of = request.reviewer, request.as_of
    if (made := made_already(request.effects, reviewer, as_of, Action.RESOLVE)) is not None:
        return made
    check_pair_count(request)
    pictures = LockedPictures.of(request.choices, reviewer)
    plan = _plan(request, pictures)
    if not plan.effects:
        return None
    check_files(request, pictures)
    summary = _summary(plan.effects)
    return decisions.record(Action.RESOLVE, reviewer, plan.changes, plan.effects, summary)


@transaction.atomic
def accept(
    clusters: Sequence[Mapping[int, Choice]],
    reviewer: Member,
    merge: bool = False,
    as_of: int | None = None,
) -> Accepted:
    """
    Carry out the choices for many clusters as one decision; leave out those in conflict.

    A request that the reviewer sends again is not carried out twice.
    """
    decisions.lock()
    requests = [DecisionRequest(choices, reviewer, merge, as_of) for choices in clusters]
    effects = {key: effect for request in requests for key, effect in request.effects.items()}
    if (made := made_already(effects, reviewer, as_of, Action.BULK)) is not None:
        return Accepted(made)
    plans, reasons = _plans(requests, LockedPictures.of(_keys(requests), reviewer))
    if not any(plan.effects for plan in plans):
        return Accepted(None, reasons)
    return Accepted(_record_bulk(plans, reviewer), reasons)


def _plans(
    requests: Sequence[DecisionRequest], pictures: LockedPictures
) -> tuple[list[_Plan], list[str]]:
    """Return the plans of all requests but those in conflict, and the reasons of these."""
    plans: list[_Plan] = []
    reasons: list[str] = []
    for number, request in enumerate(requests):
        try:
            plans.append(_plan(request, pictures, number))
        except Conflict as conflict:
            reasons.append(str(conflict))
    return plans, reasons


def _plan(request: DecisionRequest, pictures: LockedPictures, number: int = 0) -> _Plan:
    check_pictures(request, pictures)
    now = timezone.now()
    changes: list[Change] = [
        ColumnChange.of(pictures.images[key], "trashed_at", now) for key in request.trashed
    ]
    flows = planned_flows(request, pictures.images) if request.merge else []
    check_owners(request, pictures, flows)
    changes += [change for flow in flows for change in flow.changes]
    changes += verdict_changes(request, pictures)
    return _Plan(
        changes, [ItemEffect(key, effect, number) for key, effect in request.effects.items()]
    )


def _record_bulk(plans: Sequence[_Plan], reviewer: Member) -> Decision:
    effects = [item for plan in plans for item in plan.effects]
    changes = {change.target: change for plan in plans for change in plan.changes}
    count = f"{len(plans)} cluster{'' if len(plans) == 1 else 's'}"
    summary = f"{count}: {_summary(effects)}"
    return decisions.record(Action.BULK, reviewer, list(changes.values()), effects, summary)


def _summary(effects: Sequence[ItemEffect]) -> str:
    return effects_summary(item.effect for item in effects)


def _keys(requests: Sequence[DecisionRequest]) -> list[int]:
    return [key for request in requests for key in request.choices]
