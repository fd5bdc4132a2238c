"""Rebase the later decisions that built on one that has been undone."""

from __future__ import annotations

from collections.abc import Iterable

from gallery.decisions.change_json import changes_of, changes_to_json
from gallery.decisions.changes import Change
from gallery.decisions.targets import ChangeTarget
from gallery.models import Decision


def rebase_later_decisions(decision: Decision, rest: Iterable[Change]) -> None:
    """
    Let later decisions start from the values before `decision`, which has been undone.

    `rest` are the inverse changes that could not be carried out, because later decisions had
    changed the same targets. Undoing those later decisions then restores the older values.
    """
    undone = {change.target: change for change in rest}
    if not undone:
        return
    later = Decision.objects.filter(pk__gt=decision.pk, undoes=None, undone_by=None)
    # All later decisions, not those on the same pictures: once a file is replaced, its picture
    # no longer leads to verdicts on the old content.
    for follower in later.order_by("pk").iterator(chunk_size=200):
        _rebase(follower, undone)


def _rebase(decision: Decision, undone: dict[ChangeTarget, Change]) -> None:
    """Rebase the changes of one decision, and drop from `undone` the changes that it takes over."""
    changes = changes_of(decision)
    rebased = [change.rebased(undone.get(change.target)) for change in changes]
    for old, new in zip(changes, rebased, strict=True):
        if old != new:
            del undone[old.target]
    if rebased != changes:
        decision.changes = changes_to_json(rebased)
        decision.save(update_fields=["changes"])
