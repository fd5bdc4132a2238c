"""Deleting for ever what is in the trash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.admin.models import DELETION, LogEntry
from django.db import models, transaction
from django.utils import timezone

from gallery import decisions
from gallery.conf import setting
from gallery.decisions import Action, Fate, Part, column, effects_summary
from gallery.models import Decision, Image
from gallery.people import Member
from gallery.querysets import ImageQuerySet

# Pictures of one transaction: others may write in between, and what is done is done.
PORTION = 100


def expired(days: int | None = None) -> ImageQuerySet:
    """Return what has been in the trash for `days`, as the site's setting has it by default."""
    days = setting("TRASH_DAYS") if days is None else days
    return trashed_until(Image.objects.all(), timezone.now() - timedelta(days=days))


def trashed_until(images: ImageQuerySet, moment: datetime) -> ImageQuerySet:
    """Return those of `images` that went to the trash at `moment` or before."""
    return images.filter(trashed_at__lte=moment)


def purge(images: ImageQuerySet, user: Member | None = None) -> int:
    """
    Delete `images`, all in the trash, with their files; returns how many.

    The files go when it is certain that the rows have gone. What is restored meanwhile stays.
    The admin's log tells of each that `user` did it; None is a command, which is nobody there.
    """
    keys = list(images.order_by("pk").values_list("pk", flat=True))
    count = 0
    for start in range(0, len(keys), PORTION):
        with transaction.atomic():
            decisions.lock()
            portion = Image.objects.trashed().filter(pk__in=keys[start : start + PORTION])
            rows = list(portion.order_by("pk").select_for_update())
            if user and rows:
                told = "Deleted for ever from the trash"
                LogEntry.objects.log_actions(user.pk, rows, DELETION, change_message=told)
            for image in rows:
                image.delete()
        count += len(rows)
    return count


@transaction.atomic
def trash(images: Iterable[Image], user: Member) -> Decision | None:
    """Move `images` to the trash, where they stay restorable."""
    decisions.lock()
    here = Image.objects.untrashed().filter(pk__in=[image.pk for image in images])
    now = timezone.now()
    return _move(here, user, Action.TRASH, Fate.TRASHED, now)


@transaction.atomic
def restore(images: Iterable[Image], user: Member) -> Decision | None:
    """Take `images` back from the trash."""
    decisions.lock()
    there = Image.objects.trashed().filter(pk__in=[image.pk for image in images])
    return _move(there, user, Action.RESTORE, Fate.RESTORED, None)


def _move(
    images: models.QuerySet[Image],
    user: Member,
    action: str,
    fate: str,
    trashed_at: object,
) -> Decision | None:
    found = list(images.order_by("pk").select_for_update())
    if not found:
        return None
    changes = [column(image, "trashed_at", trashed_at) for image in found]
    parts = [Part(image.pk, fate) for image in found]
    return decisions.record(action, user, changes, parts, effects_summary(parts))
