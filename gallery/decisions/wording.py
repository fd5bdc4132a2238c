"""TODO docstring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from gallery.decisions.journal import Part, Step
from gallery.models import Decision, DecisionItem


def told(decision: Decision) -> SafeString:
    """Return what was done, with a button to take it back, for a page that has `undo-last`."""
    return format_html("{} {}", done(decision), _button("undo", decision.pk, "Undo"))


def done(decision: Decision) -> str:
    return f"{capfirst(decision.summary)}."


def told_of(step: Step) -> SafeString:
    """Return what a step back did, with a button for the other way."""
    name, label = ("undo", "Undo") if step.is_redo else ("redo", "Decide so again")
    return format_html("{} {}", sentence_of(step), _button(name, step.decision.undoes_id, label))


def answer_of(step: Step) -> dict[str, Any]:
    """Return what a step back did, for programs."""
    told = {"told": sentence_of(step), "decision": step.decision.undoes_id}
    return told if step.is_redo else {**told, "as_of": step.as_of}


def sentence_of(step: Step) -> str:
    did = "Decided so again" if step.is_redo else "Taken back"
    return f"{did}: {step.decision.summary}.{_left(step)}"


def _left(step: Step) -> str:
    told = ""
    if step.gone:
        pictures = "one picture was" if step.gone == 1 else f"{step.gone} pictures were"
        told += f" But {pictures} deleted for ever, and cannot come back."
    if step.left:
        things = "one thing was" if step.left == 1 else f"{step.left} things were"
        told += f" But {things} changed since, and stay{'s' if step.left == 1 else ''} so."
    return told


def _button(name: str, number: int, label: str) -> SafeString:
    return format_html(
        '<button class="link" form="undo-last" name="{}" value="{}">{}</button>',
        *(name, number, label),
    )


Fate = DecisionItem.Fate


Action = Decision.Action


def effects_summary(parts: Iterable[Part]) -> str:
    """Say what was done in a few words, such as "kept 1, trashed 2"."""
    fates = [part.fate for part in parts]
    return ", ".join(f"{fate.label} {fates.count(fate)}" for fate in Fate if fate in fates)
