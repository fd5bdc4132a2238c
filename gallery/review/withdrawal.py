"""Withdrawing verdicts, so that their pairs are suggested again."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from gallery import decisions
from gallery.decisions import ItemEffect, PairVerdict, VerdictChange, read_verdicts
from gallery.models import Decision, DecisionItem, Verdict
from gallery.people import Member


@transaction.atomic
def withdraw(verdicts: Iterable[Verdict], user: Member) -> Decision | None:
    """Withdraw the `verdicts` that people gave; return None if there are none."""
    decisions.lock()
    current = read_verdicts([PairVerdict.of_row(row) for row in verdicts])
    given = {target: value for target, value in current.items() if value is not None}
    if not given:
        return None
    changes = [VerdictChange(target, value, None) for target, value in given.items()]
    keys = {key for value in given.values() for key in value.pictures}
    effects = [ItemEffect(key, DecisionItem.Effect.CONCERNED) for key in sorted(keys)]
    summary = f"withdrew {len(changes)} verdict{'' if len(changes) == 1 else 's'}"
    return decisions.record(Decision.Action.VERDICT, user, changes, effects, summary)
