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


# What is said of a pair outweighs what stands before it here.
STRENGTH = [Verdict.Kind.DUPLICATE, Verdict.Kind.RELATED, Verdict.Kind.NOT_A_DUPLICATE]


class Conflict(Exception):
    """The decision cannot be carried out as it was made; the message says why."""


@dataclass(frozen=True)
class Decision:
    """What was done."""

    trashed: list[Image]
    verdicts: list[Verdict]


@transaction.atomic
def decide(choices: Mapping[int, str], reviewer: AbstractBaseUser) -> Decision:
    """
    Carry out `choices`, from the key of each picture of a cluster to a Choice.

    Pictures kept side by side are "related", a trashed one is a "duplicate" of what stays, and
    one that is "not a duplicate" is so of all others. One picture at least stays; nothing is
    deleted. Raises Conflict if pictures have gone since the cluster was shown, or none would stay.
    """
    # In one order, so that two reviewers wait for each other instead of for ever.
    visible = Image.objects.visible_to(reviewer).filter(pk__in=list(choices))
    images = {image.pk: image for image in visible.select_for_update().order_by("pk")}
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
        _judged(images[a], images[b], kind, reviewer)
        for a, b in combinations(sorted(choices), 2)
        if (kind := _verdict(Choice(choices[a]), Choice(choices[b])))
    ]
    verdicts = _record(verdicts)
    trashed = [images[key] for key, choice in choices.items() if choice == Choice.TRASH]
    trash(trashed, reviewer, "Trashed as a duplicate")
    return Decision(trashed, verdicts)


@transaction.atomic
def undo(trashed: Iterable[int], verdicts: Iterable[int], reviewer: AbstractBaseUser) -> int:
    """Restore pictures and forget verdicts, by their keys; returns how many were restored."""
    images = list(Image.objects.trashed().permitted_to(reviewer).filter(pk__in=trashed))
    restore(images, reviewer)
    Verdict.objects.filter(pk__in=verdicts, decided_by=reviewer).delete()
    return len(images)


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


def _judged(a: Image, b: Image, kind: str, reviewer: AbstractBaseUser) -> Verdict:
    first, second = sorted((a, b), key=lambda image: (image.content_digest, image.pk))
    return Verdict(
        first=first,
        second=second,
        first_digest=first.content_digest,
        second_digest=second.content_digest,
        kind=kind,
        decided_by=reviewer,
    )


def _record(verdicts: list[Verdict]) -> list[Verdict]:
    """Store `verdicts`, each in the place of an older one of its pair, and return them."""
    # Copies of equal contents make one pair with a third picture; the strongest word counts.
    ranked = sorted(verdicts, key=lambda verdict: STRENGTH.index(verdict.kind))
    verdicts = list({_pair(verdict): verdict for verdict in ranked}.values())
    digests = {digest for v in verdicts for digest in (v.first_digest, v.second_digest)}
    older = Verdict.objects.filter(first_digest__in=digests, second_digest__in=digests)
    known = {_pair(verdict): verdict.pk for verdict in older}
    for verdict in verdicts:
        verdict.pk = known.get(_pair(verdict))
    Verdict.objects.bulk_create([v for v in verdicts if v.pk is None], batch_size=1000)
    Verdict.objects.bulk_update(
        [v for v in verdicts if _pair(v) in known],
        ["first", "second", "kind", "decided_by", "decided_at"],
        batch_size=200,
    )
    return verdicts


def _pair(verdict: Verdict) -> tuple[str | int | None, ...]:
    """Return what makes a pair: its contents, or where these are equal, its copies."""
    if verdict.first_digest == verdict.second_digest:
        return verdict.first_digest, verdict.first_id, verdict.second_id
    return verdict.first_digest, verdict.second_digest


def _log(images: list[Image], user: AbstractBaseUser, message: str) -> None:
    if images:
        LogEntry.objects.log_actions(user.pk, images, CHANGE, change_message=message)
