"""Decisions in words."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.decisions import wording
from gallery.decisions.undo_result import UndoResult
from gallery.models import Decision, DecisionItem

Action, Effect = Decision.Action, DecisionItem.Effect


def made(action: Decision.Action = Action.RESOLVE, **columns: object) -> Decision:
    return Decision(action=action, summary="kept 1, trashed 2", **columns)


@pytest.mark.parametrize(
    ("effects", "summary"),
    [
        ([], ""),
        (["trashed", "kept", "trashed"], "kept 1, trashed 2"),
        (["different"], "1 marked as not a duplicate"),
        (["different", "different"], "2 marked as not duplicates"),
        (["related", "kept"], "kept 1, 1 marked as related"),
        ([Effect.RESTORED, Effect.CONCERNED], "restored 1, changed 1"),
    ],
)
def test_effects(effects: list[str], summary: str) -> None:
    assert wording.effects_summary(effects) == summary


def test_every_effect_has_its_phrase() -> None:
    assert set(wording.EFFECT_PHRASES) == set(Effect)


def test_sentence() -> None:
    assert wording.decision_sentence(made()) == "Kept 1, trashed 2."


def test_event(admin: User, ann: User) -> None:
    decision = made(made_by=admin, made_at=timezone.now() - timedelta(minutes=2))
    event = "resolved a cluster 2\xa0minutes ago: kept 1, trashed 2"
    assert wording.event_sentence(decision, ann) == f"root {event}"
    assert wording.event_sentence(decision, admin) == f"You {event}"
    decision.made_by, decision.made_at = None, timezone.now()
    assert wording.event_sentence(decision, ann).startswith("Someone resolved a cluster just now")


@pytest.mark.parametrize(
    ("changed_since", "deleted", "remarks"),
    [
        (0, 0, ""),
        (1, 0, " One value has been changed since then and was left alone."),
        (2, 0, " 2 values have been changed since then and were left alone."),
        (0, 1, " One picture was deleted permanently and could not be restored."),
        (0, 2, " 2 pictures were deleted permanently and could not be restored."),
    ],
)
def test_undo(changed_since: int, deleted: int, remarks: str) -> None:
    undone = UndoResult(made(Action.UNDO), made(), changed_since, deleted)
    assert wording.undo_sentence(undone) == f"Undone: kept 1, trashed 2.{remarks}"
    redone = UndoResult(made(Action.REDO), made(), changed_since, deleted)
    assert wording.undo_sentence(redone) == f"Redone: kept 1, trashed 2.{remarks}"


def test_redo_has_no_position_to_decide_from(admin: User) -> None:
    original = made()
    original.pk = 7
    answer = wording.undo_json(UndoResult(made(Action.REDO), original, 0))
    assert answer == {"told": "Redone: kept 1, trashed 2.", "decision": 7}
