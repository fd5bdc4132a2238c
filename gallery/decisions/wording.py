"""Decisions in words: for messages, for the history and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, TypedDict

from django.utils.text import capfirst
from django.utils.timesince import timesince

from gallery.decisions.undo_result import UndoResult
from gallery.models import Decision, DecisionItem
from gallery.people import Member

Effect = DecisionItem.Effect


class EffectPhrases(NamedTuple):
    """One effect and the number of its pictures, with "{}" in the number's place."""

    one: str
    many: str


EFFECT_PHRASES = {
    Effect.KEPT: EffectPhrases("kept {}", "kept {}"),
    Effect.TRASHED: EffectPhrases("trashed {}", "trashed {}"),
    Effect.RESTORED: EffectPhrases("restored {}", "restored {}"),
    Effect.RELATED: EffectPhrases("{} marked as related", "{} marked as related"),
    Effect.NOT_A_DUPLICATE: EffectPhrases(
        "{} marked as not a duplicate", "{} marked as not duplicates"
    ),
    Effect.CONCERNED: EffectPhrases("changed {}", "changed {}"),
}


class UndoAnswer(TypedDict, total=False):
    """The JSON answer to an undo or a redo; only that to an undo has `as_of`."""

    told: str
    decision: int
    as_of: int | None


def decision_sentence(decision: Decision) -> str:
    """Return what a decision did: "Kept 1, trashed 2."."""
    return f"{capfirst(decision.summary)}."


def event_sentence(decision: Decision, reader: Member) -> str:
    """Return who did what and when: "ann resolved a cluster 2 minutes ago: kept 1, trashed 2"."""
    who = "You" if decision.made_by_id == reader.pk else decision.maker
    action = decision.get_action_display()
    return f"{who} {action[0].lower()}{action[1:]} {ago(decision)}: {decision.summary}"


def ago(decision: Decision) -> str:
    """Return how long ago a decision was made: "just now", "2 minutes ago"."""
    age = timesince(decision.made_at, depth=1)
    return "just now" if age.startswith("0\xa0") else f"{age} ago"


def undo_sentence(result: UndoResult) -> str:
    """Return a sentence about what an undo or a redo did, and what it left alone."""
    verb = "Redone" if result.is_redo else "Undone"
    remarks = "".join(f" {remark}" for remark in _remarks(result))
    return f"{verb}: {result.decision.summary}.{remarks}"


def undo_json(result: UndoResult) -> UndoAnswer:
    """Return what an undo or a redo did, for programs."""
    answer = UndoAnswer(told=undo_sentence(result), decision=result.original.pk)
    if not result.is_redo:
        answer["as_of"] = result.as_of
    return answer


def effects_summary(effects: Iterable[str]) -> str:
    """Return what was done to pictures in a few words: "kept 1, trashed 2"."""
    counts = Counter(map(Effect, effects))
    return ", ".join(_counted(effect, counts[effect]) for effect in Effect if counts[effect])


def _counted(effect: Effect, count: int) -> str:
    phrases = EFFECT_PHRASES[effect]
    return (phrases.one if count == 1 else phrases.many).format(count)


def _remarks(result: UndoResult) -> list[str]:
    remarks = []
    if count := result.deleted:
        pictures = "One picture was" if count == 1 else f"{count} pictures were"
        remarks.append(f"{pictures} deleted permanently and could not be restored.")
    if count := result.changed_since:
        values = "One value has" if count == 1 else f"{count} values have"
        remarks.append(f"{values} been changed since then and {_was(count)} left alone.")
    return remarks


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
