"""
The ledger of decisions: every change that review makes is written here, and read for undo.

A change is a cell: where a value stands, what it was, what it became. Decisions are carried out
and taken back by the same writer, so what can be done can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timesince import timesince

from gallery.decisions import changes as change_rows
from gallery.decisions.changes import Cell
from gallery.models import Decision, DecisionItem, Image
from gallery.people import Member
from gallery.querysets import permitted

Action, Fate = Decision.Action, DecisionItem.Fate
# What PostgreSQL knows the ledger by when one decision waits for another.
LOCK = 0x1ED6E2


class Conflict(Exception):
    """The decision cannot be carried out as it was made; the message says why."""

    status, code = 409, "conflict"


class Malformed(Conflict):
    """What was sent is no decision that a page would send."""

    status, code = 400, "bad_request"


class Unknown(Conflict):
    """There is no such decision, as far as whoever asks may know."""

    status, code = 404, "not_found"


@dataclass(frozen=True)
class Part:
    """What a decision says of one picture; `cluster` numbers those decided together."""

    key: int
    fate: str
    cluster: int = 0


@dataclass(frozen=True)
class Step:
    """
    A step back: the decision it was written as, and what could not be put back.

    `left` counts values that somebody changed since, `gone` pictures that were deleted for ever.
    """

    decision: Decision
    left: int
    gone: int = 0

    @property
    def is_redo(self) -> bool:
        return self.decision.action == Action.REDO

    @property
    def as_of(self) -> int | None:
        """What to decide anew from; None if somebody decided on these pictures meanwhile."""
        taken = self.decision.undoes
        since = Decision.objects.filter(pk__gt=taken.pk, pk__lt=self.decision.pk)
        since = since.exclude(undoes=taken)  # back and forth comes to nothing
        pictures = taken.pictures.exclude(image=None).values("image")
        is_seen = not since.filter(pictures__image__in=pictures).exists()
        return self.decision.pk if is_seen else None


def lock() -> None:
    """Let one decision be made at a time; to be called first in its transaction."""
    if connection.vendor == "postgresql":  # SQLite has one writer anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def position() -> int:
    """Return the number of the newest decision."""
    return Decision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def record(
    action: str,
    user: Member,
    changes: Sequence[Cell],
    parts: Sequence[Part],
    summary: str,
    undoes: Decision | None = None,
) -> Decision:
    """Carry out `changes` and write them down as one decision; in the caller's transaction."""
    change_rows.lock_images(part.key for part in parts)
    change_rows.write(changes)
    decision = Decision.objects.create(
        action=action,
        made_by=user,
        summary=summary[:200],
        changes=[cell.as_list() for cell in changes],
        undoes=undoes,
    )
    _name_pictures(decision, parts)
    _log(user, decision, parts)
    return decision


def _name_pictures(decision: Decision, parts: Sequence[Part]) -> None:
    rows = [
        DecisionItem(decision=decision, image_id=part.key, fate=part.fate, cluster=part.cluster)
        for part in parts
    ]
    DecisionItem.objects.bulk_create(rows, batch_size=500)


@transaction.atomic
def undo(number: int, user: Member) -> Step:
    """
    Take a decision back: what still is as it left it becomes what it was before.

    What somebody changed since stays as it is, and is counted; if a later decision did, taking
    that one back too gives what was before both. Who took it back already, and may have lost the
    answer, is told the same again. Raises Conflict if somebody else did, or nothing of it is left.
    """
    decision = _locked(number, user)
    if step := decision.undone_by:
        if step.made_by_id != user.pk:
            raise Conflict(f"{sentence(step, user)}.")
        return _told_again(step, decision, decision)
    step, rest = _take_back(decision, decision, Action.UNDO, user)
    Decision.objects.filter(pk=number).update(undone_by=step.decision)
    _pass_on(rest, decision)
    return step


@transaction.atomic
def redo(number: int, user: Member) -> Step:
    """
    Decide again as in a decision that was taken back, as far as nothing has changed since.

    No picture goes to the trash unless one that was kept in its place is still there. Who has
    decided so again already is told the same again.
    """
    decision = _locked(number, user)
    if decision.undone_by is None:
        last = Decision.objects.filter(undoes=decision).first()
        if last is None or last.made_by_id != user.pk:
            raise Conflict("This decision stands; there is nothing to do again.")
        undone = Decision.objects.filter(undoes=decision, action=Action.UNDO).first()
        return _told_again(last, undone, decision)
    step, _ = _take_back(decision.undone_by, decision, Action.REDO, user)
    Decision.objects.filter(pk=number).update(undone_by=None)
    return step


def sentence(decision: Decision, reader: Member) -> str:
    """Say who did what and when: "ann resolved a cluster 2 minutes ago: kept 1, trashed 2"."""
    who = "You" if decision.made_by_id == reader.pk else decision.maker
    did = decision.get_action_display()
    return f"{who} {did[0].lower()}{did[1:]} {ago(decision)}: {decision.summary}"


def ago(decision: Decision) -> str:
    """Say how long ago a decision was made: "just now", "2 minutes ago"."""
    past = timesince(decision.made_at, depth=1)
    return "just now" if past.startswith("0\xa0") else f"{past} ago"


def _locked(number: int, user: Member) -> Decision:
    lock()
    decisions = open_to(user).select_related("undone_by__made_by")
    decision = decisions.filter(pk=number, undoes=None).first()
    if decision is None:
        raise Unknown("There is no such decision, or it is about pictures that you may not see.")
    return decision


def open_to(user: Member) -> Any:
    """
    Return the decisions that `user` may take back: their own, and those on visible pictures.

    What people do with their own pictures is for those who may change pictures of others.
    """
    if user.is_superuser:
        return Decision.objects.all()
    private = Q(action__in=(Action.TRASH, Action.RESTORE, Action.SORT)) & ~Q(made_by=user)
    shown = Decision.objects.all()
    if not user.has_perm("gallery.change_image"):
        shown = shown.exclude(private)
    # Asked of each decision, so that a page of the newest costs the same however many there are.
    pictures = DecisionItem.objects.filter(decision=OuterRef("pk"))
    here = pictures.filter(image__isnull=False)
    is_hidden = Exists(here.exclude(permitted(user, "image__")))
    # Of a picture that has gone nobody knows who saw it, and sorting tells the name of a shelf.
    may_be_secret = Q(action=Action.SORT) & Exists(pictures.filter(image=None))
    return shown.filter(Q(made_by=user) | ~is_hidden & ~may_be_secret)


def _take_back(
    taken: Decision, original: Decision, action: str, user: Member
) -> tuple[Step, list[Cell]]:
    """Carry out the inverse of `taken` where it can be; returns what could not be, too."""
    changes = [Cell.of(row).inverse for row in reversed(taken.changes)]
    keys = {cell.image for cell in changes if cell.image}
    keys |= set(original.pictures.exclude(image=None).values_list("image_id", flat=True))
    here = change_rows.lock_images(keys) | {None}  # what is said of pairs is of no one picture
    standing = change_rows.standing(changes)
    if action == Action.REDO:
        standing = _with_a_copy(standing, original)
    if not standing:
        raise Conflict(f"Nothing was changed: {_why_nothing(changes, here)}")
    parts = _parts(original, standing, is_redo=action == Action.REDO)
    step = record(action, user, standing, parts, original.summary, undoes=original)
    done = {cell.place for cell in standing}
    rest = [cell for cell in changes if cell.place not in done]
    left = sum(_is_here(cell, here) for cell in rest)
    return Step(step, left, len({cell.image for cell in changes} - here)), rest


def _told_again(step: Decision, taken: Decision, original: Decision) -> Step:
    """Return what was returned when `step` took `taken` back."""
    step.undoes = original
    changes = [Cell.of(row) for row in taken.changes]
    keys = {cell.image for cell in changes if cell.image}
    here = change_rows.lock_images(keys) | {None}
    done = {Cell.of(row).place for row in step.changes}
    left = sum(_is_here(cell, here) for cell in changes if cell.place not in done)
    return Step(step, left, len(keys - here))


def _is_here(cell: Cell, here: set[int | None]) -> bool:
    """Tell whether the picture still exists that a change is about; of a pair none has to."""
    return cell.image in here


def _why_nothing(changes: list[Cell], here: set[int | None]) -> str:
    if not any(_is_here(cell, here) for cell in changes):
        return "what this decision changed was deleted for ever, and cannot come back."
    return (
        "nothing is any more as this decision left it. "
        "Later decisions on the same pictures have to be taken back first."
    )


def _pass_on(rest: list[Cell], decision: Decision) -> None:
    """
    Let the later decisions that changed what could not be taken back remember what was before.

    `rest` are inverse changes: to what a place was before `decision`.
    """
    later = Decision.objects.filter(pk__gt=decision.pk, undoes=None, undone_by=None)
    rest_at = {cell.place: cell for cell in rest}
    # All of them: contents change, and then no picture leads to what was said of the old one.
    for follower in later.order_by("pk").iterator(chunk_size=200) if rest else ():
        changes = [Cell.of(row) for row in follower.changes]
        moved = [cell.after_undo_of(rest_at.get(cell.place)) for cell in changes]
        for old, new in zip(changes, moved, strict=True):
            if old != new:
                del rest_at[old.place]
        if moved != changes:
            follower.changes = [cell.as_list() for cell in moved]
            follower.save(update_fields=["changes"])


def _with_a_copy(changes: list[Cell], original: Decision) -> list[Cell]:
    """Return `changes` without those that would trash a picture of which no copy is left."""
    pictures = list(original.pictures.exclude(image=None).select_related("image"))
    here = {p.cluster for p in pictures if p.fate == Fate.KEPT and not p.image.is_trashed}
    alone = {p.image_id for p in pictures if p.fate == Fate.TRASHED and p.cluster not in here}
    if original.action not in (Action.RESOLVE, Action.BULK):
        return changes
    return [cell for cell in changes if not (cell.trashes and cell.image in alone)]


def _parts(original: Decision, changes: Iterable[Cell], is_redo: bool) -> list[Part]:
    """Return what a step back says of the pictures of `original`."""
    fates = {cell.image: Fate.TRASHED for cell in changes if cell.trashes}
    fates |= {cell.image: Fate.RESTORED for cell in changes if cell.restores}
    pictures: Mapping[int, DecisionItem] = {
        picture.image_id: picture for picture in original.pictures.exclude(image=None)
    }
    return [
        Part(
            key,
            fates.get(key, picture.fate if is_redo else Fate.CONCERNED),
            picture.cluster,
        )
        for key, picture in pictures.items()
    ]


def _log(user: Member, decision: Decision, parts: Sequence[Part]) -> None:
    """Write the decision in the admin's log of each picture."""
    for fate in dict.fromkeys(part.fate for part in parts):
        keys = [part.key for part in parts if part.fate == fate]
        message = f"{decision.get_action_display()}: {Fate(fate).label}"
        images = list(Image.objects.filter(pk__in=keys))
        if images:
            LogEntry.objects.log_actions(user.pk, images, CHANGE, change_message=message)
