"""The verdicts on pairs that follow from the choices for the pictures of a cluster."""

from __future__ import annotations

from itertools import combinations

from gallery.decisions import PairVerdict, VerdictChange, VerdictValue, read_verdicts
from gallery.models import Verdict
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.review.locked_pictures import LockedPictures
from gallery.verdicts import STRENGTH


def verdict_changes(request: DecisionRequest, pictures: LockedPictures) -> list[VerdictChange]:
    """Return the verdicts that follow from the choices, where they differ from the stored ones."""
    chosen: dict[PairVerdict, VerdictValue] = {}
    for a, b in combinations(sorted(request.choices), 2):
        kind = verdict_kind(request.choices[a], request.choices[b])
        pair = pictures.pair(a, b)
        # Copies of one content make the same pair with a third picture; the strongest verdict
        # counts.
        if kind and _is_stronger(kind, chosen.get(pair.target)):
            chosen[pair.target] = pair.verdict(kind, request.reviewer)
    current = read_verdicts(chosen.keys())
    changes = [VerdictChange(target, current[target], value) for target, value in chosen.items()]
    return [change for change in changes if _changes_kind(change)]


def verdict_kind(a: Choice, b: Choice) -> Verdict.Kind | None:
    """Return the verdict that two choices give together; None while one is left for later."""
    both = {a, b}
    if Choice.NOT_A_DUPLICATE in both:
        return Verdict.Kind.NOT_A_DUPLICATE
    if Choice.RELATED in both or both == {Choice.KEEP}:
        return Verdict.Kind.RELATED
    if both == {Choice.KEEP, Choice.TRASH}:
        return Verdict.Kind.DUPLICATE
    return None


def _is_stronger(kind: Verdict.Kind, value: VerdictValue | None) -> bool:
    return value is None or STRENGTH.index(kind) > STRENGTH.index(value.kind)


def _changes_kind(change: VerdictChange) -> bool:
    before, after = change.before, change.after
    return before is None or after is None or before.kind != after.kind
