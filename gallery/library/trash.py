"""The trash: moving pictures there, restoring them, and deleting them permanently."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.admin.models import DELETION, LogEntry
from django.db import transaction
from django.utils import timezone

from gallery import decisions
from gallery.batches import in_batches
from gallery.conf import setting
from gallery.decisions import ColumnChange, ItemEffect, effects_summary
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member
from gallery.querysets import ImageQuerySet

Action, Effect = Decision.Action, DecisionItem.Effect

# Pictures deleted in one transaction. Others can write in between, and an interrupted purge
# keeps what it has done.
BATCH = 100


@transaction.atomic
def trash(images: Iterable[Image], user: Member) -> Decision | None:
    """Move `images` to the trash; return None if all of them are there already."""
    decisions.lock()
    chosen = Image.objects.untrashed().filter(pk__in=[image.pk for image in images])
    return _move(chosen, user, Action.TRASH, Effect.TRASHED, timezone.now())


@transaction.atomic
def restore(images: Iterable[Image], user: Member) -> Decision | None:
    """Restore `images` from the trash; return None if none of them is there."""
    decisions.lock()
    chosen = Image.objects.trashed().filter(pk__in=[image.pk for image in images])
    return _move(chosen, user, Action.RESTORE, Effect.RESTORED, None)


def expired(days: int | None = None) -> ImageQuerySet:
    """Return the pictures in the trash for at least `days`, by default the setting TRASH_DAYS."""
    days = setting("TRASH_DAYS") if days is None else days
    return trashed_until(Image.objects.all(), timezone.now() - timedelta(days=days))


def trashed_until(images: ImageQuerySet, moment: datetime) -> ImageQuerySet:
    """Return the `images` that were trashed at `moment` or before."""
    return images.filter(trashed_at__lte=moment)


def purge(images: ImageQuerySet, user: Member | None = None) -> int:
    """
    Permanently delete the `images` that are in the trash, with their files; return how many.

    Files are removed once the rows are certain to be gone. Pictures restored in the meantime
    stay. `user` is None when a command purges; then nothing is logged.
    """
    keys = list(images.order_by("pk").values_list("pk", flat=True))
    return sum(_purge_batch(batch, user) for batch in in_batches(keys, BATCH))


@transaction.atomic
def _purge_batch(keys: list[int], user: Member | None) -> int:
    decisions.lock()
    trashed = Image.objects.trashed().filter(pk__in=keys)
    images = list(trashed.order_by("pk").select_for_update())
    if user and images:
        message = "Deleted permanently from the trash"
        LogEntry.objects.log_actions(user.pk, images, DELETION, change_message=message)
    for image in images:
        image.delete()
    return len(images)


def _move(
    chosen: ImageQuerySet,
    user: Member,
    action: Decision.Action,
    effect: DecisionItem.Effect,
    trashed_at: datetime | None,
) -> Decision | None:
    images = list(chosen.order_by("pk").select_for_update())
    if not images:
        return None
    changes = [ColumnChange.of(image, "trashed_at", trashed_at) for image in images]
    effects = [ItemEffect(image.pk, effect) for image in images]
    summary = effects_summary(item.effect for item in effects)
    return decisions.record(action, user, changes, effects, summary)
