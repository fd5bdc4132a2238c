"""What a person decides about clusters, each decision in one transaction and with a way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement

from django.db import models, transaction
from django.utils import timezone

from gallery import decisions, verdicts
from gallery.decisions import (
    Action,
    Cell,
    Conflict,
    Fate,
    Part,
    column,
    effects_summary,
    pair_place,
)
from gallery.files import is_missing
from gallery.models import Decision, Image, Verdict
from gallery.people import Member
from gallery.review.merging import Flow, flows
from gallery.verdicts import MOST_PAIRS, STRENGTH


class Choice(models.TextChoices):
    """What may be said of one picture of a cluster."""

    KEEP = "keep", "Keep"
    TRASH = "trash", "Trash"
    NOT_A_DUPLICATE = "not_a_duplicate", "Not a duplicate"
    RELATED = "related", "Related"
    LATER = "later", "Later"


FATES = {
    Choice.KEEP: Fate.KEPT,
    Choice.TRASH: Fate.TRASHED,
    Choice.NOT_A_DUPLICATE: Fate.NOT_A_DUPLICATE,
    Choice.RELATED: Fate.RELATED,
}


@dataclass(frozen=True)
class Accepted:
    """What became of clusters that were decided together; `decision` is None if all were left."""

    decision: Decision | None
    left: list[str] = field(default_factory=list)
    """Why each cluster that was not decided was left."""


@dataclass(frozen=True)
class _Plan:
    """What one cluster's choices come to."""

    changes: list[Cell]
    parts: list[Part]


@transaction.atomic
def decide(
    choices: Mapping[int, str],
    reviewer: Member,
    merge: bool = False,
    as_of: int | None = None,
) -> Decision | None:
    """
    Carry out `choices`, from the key of each picture of a cluster to a Choice.

    Pictures kept side by side are "related", a trashed one is a "duplicate" of those kept; one
    that is "related" or "not a duplicate" is so of all others. With `merge` the kept ones get
    what was said of the trashed ones. Returns None if nothing was chosen, and what was decided
    already if the same is sent again by somebody who lost the answer.

    Raises Conflict if pictures have gone since the cluster was shown, if anybody has decided on
    one of them since the decision numbered `as_of`, if more than MOST_PAIRS verdicts would be
    written, or if pictures would be trashed and none kept, or only such of which the file is gone.
    """
    decisions.lock()
    if (made := made_already(_fates(choices), reviewer, as_of, Action.RESOLVE)) is not None:
        return made
    _check_pairs(choices)
    images = locked(choices, reviewer)
    plan = _plan(choices, images, reviewer, merge, as_of)
    if not plan.parts:
        return None
    _check_files(choices, images)
    return decisions.record(
        Action.RESOLVE, reviewer, plan.changes, plan.parts, effects_summary(plan.parts)
    )


@transaction.atomic
def accept(
    clusters: Sequence[Mapping[int, str]],
    reviewer: Member,
    merge: bool = False,
    as_of: int | None = None,
) -> Accepted:
    """
    Carry out the choices for many clusters as one decision; those in conflict are left.

    If the same is sent again by somebody who lost the answer, nothing is decided twice.
    """
    decisions.lock()
    said = {key: fate for choices in clusters for key, fate in _fates(choices).items()}
    if (made := made_already(said, reviewer, as_of, Action.BULK)) is not None:
        return Accepted(made)
    images = locked([key for choices in clusters for key in choices], reviewer)
    plans: list[_Plan] = []
    left: list[str] = []
    for number, choices in enumerate(clusters):
        try:
            plans.append(_plan(choices, images, reviewer, merge, as_of, number))
        except Conflict as conflict:
            left.append(str(conflict))
    parts = [part for plan in plans for part in plan.parts]
    if not parts:
        return Accepted(None, left)
    changes = {cell.place: cell for plan in plans for cell in plan.changes}
    summary = f"{len(plans)} cluster{'' if len(plans) == 1 else 's'}: {effects_summary(parts)}"
    decision = decisions.record(Action.BULK, reviewer, list(changes.values()), parts, summary)
    return Accepted(decision, left)


@transaction.atomic
def forget(verdicts: Iterable[Verdict], user: Member) -> Decision | None:
    """Take back what was said of pairs, which are open again."""
    decisions.lock()
    places = [decisions.place_of(verdict) for verdict in verdicts]
    now = decisions.read(places)
    changes = [Cell(place, now[place], None) for place in places if now.get(place)]
    if not changes:
        return None
    ends = {cell.before[end] for cell in changes for end in decisions.ENDS} - {None}
    parts = [Part(key, Fate.CONCERNED) for key in sorted(ends)]
    count = f"forgot {len(changes)} verdict{'' if len(changes) == 1 else 's'}"
    return decisions.record(Action.VERDICT, user, changes, parts, count)


def planned_flows(choices: Mapping[int, str], images: Mapping[int, Image]) -> list[Flow]:
    """Return what the kept pictures would get from the trashed ones."""
    kept = [images[key] for key, choice in choices.items() if choice == Choice.KEEP]
    trashed = [images[key] for key, choice in choices.items() if choice == Choice.TRASH]
    return flows(kept, trashed)


def locked(keys: Iterable[int], reviewer: Member) -> dict[int, Image]:
    """Return those of the pictures that `reviewer` sees, locked until the transaction ends."""
    visible = Image.objects.visible_to(reviewer).filter(pk__in=list(keys))
    rows = visible.order_by("pk").select_for_update(of=("self",))
    images = {image.pk: image for image in rows.prefetch_related("tags", "albums")}
    verdicts.name(images.values())
    return images


def _plan(
    choices: Mapping[int, str],
    images: Mapping[int, Image],
    reviewer: Member,
    merge: bool,
    as_of: int | None,
    number: int = 0,
) -> _Plan:
    _check(choices, images, reviewer, as_of)
    chosen = {key: Choice(choice) for key, choice in choices.items()}
    now = timezone.now()
    changes = [
        column(images[key], "trashed_at", now)
        for key, choice in chosen.items()
        if choice == Choice.TRASH
    ]
    if merge:
        changes += [cell for flow in planned_flows(chosen, images) for cell in flow.changes]
    parts = [Part(key, FATES[choice], number) for key, choice in chosen.items() if choice in FATES]
    return _Plan(changes + _verdicts(chosen, images, reviewer), parts)


def _check(
    choices: Mapping[int, str],
    images: Mapping[int, Image],
    reviewer: Member,
    as_of: int | None,
) -> None:
    check_unchanged(choices.keys(), images, reviewer, as_of)
    if Choice.TRASH in choices.values() and Choice.KEEP not in choices.values():
        raise Conflict(
            "Nothing was changed: one picture at least has to stay. Choose “Keep” for the one "
            "of which the others are duplicates; to be rid of that one too, trash it on its page."
        )


def _check_pairs(choices: Mapping[int, str]) -> None:
    counts = Counter(map(Choice, choices.values()))
    pairs = sum(
        counts[a] * counts[b] if a != b else counts[a] * (counts[a] - 1) // 2
        for a, b in combinations_with_replacement(counts, 2)
        if _verdict(a, b)
    )
    if pairs > MOST_PAIRS:
        raise Conflict(
            f"Nothing was changed: {pairs:,} pairs would have to be remembered, and {MOST_PAIRS:,} "
            "are the most at once. Split the cluster first, or decide on fewer of its pictures."
        )


def _check_files(choices: Mapping[int, str], images: Mapping[int, Image]) -> None:
    """Raise Conflict if files that are there would be trashed for such that are gone."""
    kept = [images[key] for key, choice in choices.items() if choice == Choice.KEEP]
    trashed = [images[key] for key, choice in choices.items() if choice == Choice.TRASH]
    if trashed and all(map(is_missing, kept)) and not all(map(is_missing, trashed)):
        raise Conflict(
            f"Nothing was changed: the file of “{kept[0]}” is missing in the storage, so it cannot "
            "stay in the place of others. Keep another one; “check_integrity” lists such pictures."
        )


def check_unchanged(
    keys: Set[int], images: Mapping[int, Image], reviewer: Member, as_of: int | None
) -> None:
    """Raise Conflict if some of `keys` are not among `images`, or were decided on since `as_of`."""
    missing = keys - images.keys()
    if told := _decided_since(keys, missing, reviewer, as_of):
        raise Conflict(f"{told} Nothing was changed; look at the cluster as it is now.")
    if missing:
        raise Conflict(
            f"{len(missing)} of these pictures went to the trash or were deleted meanwhile. "
            "Nothing was changed; look at the cluster as it is now."
        )


def made_already(
    said: Mapping[int, str], reviewer: Member, as_of: int | None, action: str
) -> Decision | None:
    """
    Return the newest decision on pictures, if `reviewer` made just this one after `as_of`.

    `said` are the fates of the pictures by their keys. Of many clusters some may have been left.
    """
    if as_of is None or not said:
        return None
    later = Decision.objects.filter(pk__gt=as_of, pictures__image__in=list(said))
    last = later.first()  # also a step back
    if last is None or last.made_by_id != reviewer.pk or last.action != action:
        return None
    told = dict(last.pictures.values_list("image_id", "fate"))
    is_same = told.items() <= said.items() if action == Action.BULK else told == said
    return last if is_same else None


def _fates(choices: Mapping[int, str]) -> dict[int, str]:
    return {key: FATES[Choice(choice)] for key, choice in choices.items() if choice in FATES}


def _decided_since(
    keys: Iterable[int], missing: Iterable[int], reviewer: Member, as_of: int | None
) -> str:
    """Return who did what, if anybody decided on these pictures after they were shown."""
    taken = decisions.open_to(reviewer).select_related("made_by")
    if as_of is not None:
        last = taken.filter(pk__gt=as_of, pictures__image__in=list(keys)).first()
    else:
        last = taken.filter(pictures__image__in=list(missing)).first()
    return f"{decisions.sentence(last, reviewer)}." if last else ""


def _verdicts(
    chosen: Mapping[int, Choice], images: Mapping[int, Image], reviewer: Member
) -> list[Cell]:
    """Return what the choices say of pairs, where it is not what was said before."""
    said: dict[decisions.Place, dict] = {}
    for a, b in combinations(sorted(chosen), 2):
        kind = _verdict(chosen[a], chosen[b])
        place = pair_place(images[a], images[b])
        # Copies of equal contents make one pair with a third picture; the strongest word counts.
        if kind and _is_stronger(kind, said.get(place)):
            said[place] = verdict_of(images[a], images[b], kind, reviewer)
    before = decisions.read(said)
    return [
        Cell(place, before[place], value)
        for place, value in said.items()
        if not before[place] or before[place]["kind"] != value["kind"]
    ]


def _is_stronger(kind: str, value: dict | None) -> bool:
    return value is None or STRENGTH.index(kind) > STRENGTH.index(value["kind"])


def verdict_of(a: Image, b: Image, kind: str, reviewer: Member) -> dict:
    """Return what the ledger writes where `reviewer` says `kind` of two pictures now."""
    first, second = decisions.in_order(a, b)
    said = {"kind": kind, "by": reviewer.pk, "at": timezone.now().isoformat()}
    said |= {"first": first.pk, "second": second.pk}
    if first.content_digest == second.content_digest:
        said |= {"first_file": first.sha256, "second_file": second.sha256}
    return said


def _verdict(a: Choice, b: Choice) -> str:
    """Return what two choices together say of the pair; nothing while one is left for later."""
    both = {a, b}
    if Choice.NOT_A_DUPLICATE in both:
        return Verdict.Kind.NOT_A_DUPLICATE.value
    if Choice.RELATED in both or both == {Choice.KEEP}:
        return Verdict.Kind.RELATED.value
    if both == {Choice.KEEP, Choice.TRASH}:
        return Verdict.Kind.DUPLICATE.value
    return ""
