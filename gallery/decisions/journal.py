"""The journal: every decision is carried out and recorded here, with its changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry

from gallery.decisions.change_json import changes_to_json
from gallery.decisions.changes import Change
from gallery.decisions.locks import lock_images
from gallery.decisions.stored_values import write
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member


@dataclass(frozen=True)
class ItemEffect:
    """What a decision does to one picture; `cluster` numbers clusters decided together."""

    image: int
    effect: DecisionItem.Effect
    cluster: int = 0


def position() -> int:
    """Return the key of the newest decision; 0 if there is none."""
    return Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def record(
    action: Decision.Action,
    user: Member,
    changes: Sequence[Change],
    effects: Sequence[ItemEffect],
    summary: str,
    undoes: Decision | None = None,
) -> Decision:
    """Carry out `changes` and record them as one decision, in the caller's transaction."""
    lock_images(item.image for item in effects)
    write(changes)
    decision = Decision.objects.create(
        action=action,
        made_by=user,
        summary=summary[:200],
        changes=changes_to_json(changes),
        undoes=undoes,
    )
    _create_items(decision, effects)
    _log(user, decision, effects)
    return decision


def _create_items(decision: Decision, effects: Iterable[ItemEffect]) -> None:
    rows = [
        DecisionItem(
            decision=decision, image_id=item.image, effect=item.effect, cluster=item.cluster
        )
        for item in effects
    ]
    DecisionItem.objects.bulk_create(rows, batch_size=500)


def _log(user: Member, decision: Decision, effects: Sequence[ItemEffect]) -> None:
    """Record the decision in the admin's log of each picture."""
    for effect in dict.fromkeys(item.effect for item in effects):
        keys = [item.image for item in effects if item.effect == effect]
        message = f"{decision.get_action_display()}: {effect.label}"
        if images := list(Image.objects.filter(pk__in=keys)):
            LogEntry.objects.log_actions(user.pk, images, CHANGE, change_message=message)
