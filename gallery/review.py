"""What a person decides about a cluster, carried out in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from gallery.models import Image, Verdict


class Choice(models.TextChoices):
    """What may be said of one picture of a cluster."""

    LATER = "later", "Later"
    KEEP = "keep", "Keep"
    TRASH = "trash", "Trash"
    NOT_A_DUPLICATE = "not_a_duplicate", "Not a duplicate"


class Conflict(Exception):
    """The decision cannot be carried out as it was made; the message says why."""


@dataclass(frozen=True)
class Decision:
    """What was done."""

    trashed: list[Image]
    verdicts: int


@transaction.atomic
def decide(choices: Mapping[int, str], reviewer: AbstractBaseUser) -> Decision:
    """
    Carry out `choices`, from the key of each picture of a cluster to a Choice.

    Pictures kept side by side are "related", a trashed one is a "duplicate" of what stays, and
    one that is "not a duplicate" is so of all others. One picture at least stays; nothing is
    deleted. Raises Conflict if pictures have gone since the cluster was shown, or none would stay.
    """
    images = Image.objects.untrashed().select_for_update().in_bulk(choices)
    if missing := choices.keys() - images.keys():
        raise Conflict(
            f"{len(missing)} of these pictures went to the trash or were deleted meanwhile. "
            "Nothing was changed; look at the cluster as it is now."
        )
    if choices and set(choices.values()) == {Choice.TRASH}:
        raise Conflict(
            "Nothing was changed: one picture at least has to stay. "
            "To be rid of all of them, keep one here and trash it on its own page."
        )
    verdicts = [
        _record(images[a], images[b], kind, reviewer)
        for a, b in combinations(sorted(choices), 2)
        if (kind := _verdict(Choice(choices[a]), Choice(choices[b])))
    ]
    trashed = [images[key] for key, choice in choices.items() if choice == Choice.TRASH]
    trash(trashed, reviewer, "Trashed as a duplicate")
    return Decision(trashed, len(verdicts))


def trash(images: Iterable[Image], user: AbstractBaseUser, why: str = "Trashed") -> None:
    """Move `images` to the trash, where they stay restorable."""
    images = list(images)
    keys = [image.pk for image in images]
    Image.objects.untrashed().filter(pk__in=keys).update(trashed_at=timezone.now())
    _log(images, user, why)


def restore(images: Iterable[Image], user: AbstractBaseUser) -> None:
    """Take `images` back from the trash."""
    images = list(images)
    keys = [image.pk for image in images]
    Image.objects.trashed().filter(pk__in=keys).update(trashed_at=None)
    _log(images, user, "Restored from the trash")


def _verdict(a: Choice, b: Choice) -> str:
    """Return what two choices together say of the pair; nothing while one is left for later."""
    both = {a, b}
    if Choice.NOT_A_DUPLICATE in both:
        return Verdict.Kind.NOT_A_DUPLICATE
    if both == {Choice.KEEP}:
        return Verdict.Kind.RELATED
    if both == {Choice.KEEP, Choice.TRASH}:
        return Verdict.Kind.DUPLICATE
    return ""


def _record(a: Image, b: Image, kind: str, reviewer: AbstractBaseUser) -> Verdict:
    first, second = sorted((a, b), key=lambda image: (image.content_digest, image.pk))
    pair = {"first_digest": first.content_digest, "second_digest": second.content_digest}
    if first.content_digest == second.content_digest:
        pair |= {"first": first, "second": second}
    verdict, _ = Verdict.objects.update_or_create(
        **pair,
        defaults={
            "first": first,
            "second": second,
            "kind": kind,
            "decided_by": reviewer,
            "decided_at": timezone.now(),
        },
    )
    return verdict


def _log(images: list[Image], user: AbstractBaseUser, message: str) -> None:
    if images:
        LogEntry.objects.log_actions(user.pk, images, CHANGE, change_message=message)
