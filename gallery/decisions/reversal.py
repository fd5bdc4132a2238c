"""Undo and redo: the inverse changes of a decision, carried out as a decision of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from gallery.decisions.change_json import changes_of
from gallery.decisions.changes import Change
from gallery.decisions.exceptions import Conflict, DecisionNotFound
from gallery.decisions.journal import ItemEffect, record
from gallery.decisions.locks import lock, lock_images
from gallery.decisions.rebasing import rebase_later_decisions
from gallery.decisions.stored_values import applicable
from gallery.decisions.targets import ChangeTarget
from gallery.decisions.undo_result import UndoResult
from gallery.decisions.visible_decisions import open_to
from gallery.decisions.wording import event_sentence
from gallery.models import Decision, DecisionItem
from gallery.people import Member

Action, Effect = Decision.Action, DecisionItem.Effect


@transaction.atomic
def undo(number: int, user: Member) -> UndoResult:
    """
    Undo a decision: give everything it changed the value from before.

    Values that were changed since stay as they are, and are counted. If a later decision changed
    them, undoing that one as well restores the value from before both. If `user` has undone the
    decision already, and perhaps lost the answer, they get the same result again.

    Raises DecisionNotFound, or Conflict if somebody else has undone it or nothing can be undone.
    """
    decision = _locked(number, user)
    if (earlier := decision.undone_by) is not None:
        if earlier.made_by_id != user.pk:
            raise Conflict(f"{event_sentence(earlier, user)}.")
        return _repeated(earlier, decision, decision)
    inverse = _inverse(decision)
    result, done = _reverse(inverse, decision, Action.UNDO, user)
    Decision.objects.filter(pk=number).update(undone_by=result.decision)
    rebase_later_decisions(decision, [change for change in inverse if change.target not in done])
    return result


@transaction.atomic
def redo(number: int, user: Member) -> UndoResult:
    """
    Repeat a decision that was undone, where nothing has been changed since.

    A picture is only trashed again if one that was kept in its place is still in the gallery. If
    `user` has redone the decision already, they get the same result again.

    Raises DecisionNotFound, or Conflict if the decision is not undone or nothing can be repeated.
    """
    decision = _locked(number, user)
    if decision.undone_by is None:
        steps = Decision.objects.filter(undoes=decision)
        last, undone = steps.first(), steps.filter(action=Action.UNDO).first()
        if last is None or undone is None or last.made_by_id != user.pk:
            raise Conflict("This decision is in force, so there is nothing to redo.")
        return _repeated(last, undone, decision)
    result, _ = _reverse(_inverse(decision.undone_by), decision, Action.REDO, user)
    Decision.objects.filter(pk=number).update(undone_by=None)
    return result


def _locked(number: int, user: Member) -> Decision:
    """Return a decision that `user` may undo, once no other decision is being made."""
    lock()
    decisions = open_to(user).select_related("undone_by__made_by")
    decision = decisions.filter(pk=number, undoes=None).first()
    if decision is None:
        raise DecisionNotFound(
            "There is no such decision, or it concerns pictures that you do not have access to."
        )
    return decision


def _inverse(decision: Decision) -> list[Change]:
    return [change.inverse for change in reversed(changes_of(decision))]


def _reverse(
    changes: Sequence[Change], original: Decision, action: Decision.Action, user: Member
) -> tuple[UndoResult, set[ChangeTarget]]:
    """Carry out the `changes` that still apply; return the result and the changed targets."""
    existing = lock_images(_images(changes) | _images_of(original))
    possible = applicable(changes)
    if action == Action.REDO:
        possible = _without_last_copies(possible, original)
    if not possible:
        raise Conflict(f"Nothing was changed: {_why_nothing(changes, existing)}")
    effects = _effects(original, possible, is_redo=action == Action.REDO)
    decision = record(action, user, possible, effects, original.summary, undoes=original)
    done = {change.target for change in possible}
    return _result(decision, original, changes, done, existing), done


def _repeated(step: Decision, reversed_: Decision, original: Decision) -> UndoResult:
    """Return the result that `step`, which reversed `reversed_`, had already."""
    changes = changes_of(reversed_)
    existing = lock_images(_images(changes))
    done = {change.target for change in changes_of(step)}
    return _result(step, original, changes, done, existing)


def _result(
    step: Decision,
    original: Decision,
    changes: Iterable[Change],
    done: set[ChangeTarget],
    existing: set[int],
) -> UndoResult:
    rest = [change for change in changes if change.target not in done]
    changed_since = sum(_can_exist(change, existing) for change in rest)
    return UndoResult(step, original, changed_since, len(_images(changes) - existing))


def _images(changes: Iterable[Change]) -> set[int]:
    """Return the keys of the pictures that change themselves; verdicts are about pairs."""
    return {change.image for change in changes if change.image is not None}


def _images_of(decision: Decision) -> set[int]:
    keys = decision.pictures.values_list("image_id", flat=True)
    return {key for key in keys if key is not None}


def _can_exist(change: Change, existing: set[int]) -> bool:
    """Tell whether the picture of `change` exists; a verdict outlives its pictures."""
    return change.image is None or change.image in existing


def _why_nothing(changes: Iterable[Change], existing: set[int]) -> str:
    if not any(_can_exist(change, existing) for change in changes):
        return "the pictures of this decision were deleted permanently and cannot be restored."
    return (
        "every value has been changed since this decision. "
        "Undo the later decisions on the same pictures first."
    )


def _without_last_copies(changes: Iterable[Change], original: Decision) -> list[Change]:
    """Return `changes` without those that would trash a picture none of whose copies is left."""
    if original.action not in (Action.RESOLVE, Action.BULK):
        return list(changes)
    items = original.pictures.exclude(image=None)
    kept = items.filter(effect=Effect.KEPT, image__trashed_at=None)
    safe_clusters = set(kept.values_list("cluster", flat=True))
    trashed = items.filter(effect=Effect.TRASHED).exclude(cluster__in=safe_clusters)
    last_copies = set(trashed.values_list("image_id", flat=True))
    return [change for change in changes if not (change.trashes and change.image in last_copies)]


def _effects(original: Decision, changes: Sequence[Change], is_redo: bool) -> list[ItemEffect]:
    """Return what an undo or a redo does to the pictures of `original`."""
    trashed = {change.image for change in changes if change.trashes}
    restored = {change.image for change in changes if change.restores}

    def effect_on(item: DecisionItem) -> DecisionItem.Effect:
        if item.image_id in restored:
            return Effect.RESTORED
        if item.image_id in trashed:
            return Effect.TRASHED
        return Effect(item.effect) if is_redo else Effect.CONCERNED

    items = {item.image_id: item for item in original.pictures.all()}
    return [
        ItemEffect(image, effect_on(item), item.cluster)
        for image, item in items.items()
        if image is not None
    ]
