"""The stored values of targets: one reader and one writer, for decisions and for undo alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from gallery.decisions.changes import (
    Change,
    ColumnChange,
    ColumnValue,
    MembershipChange,
    VerdictChange,
)
from gallery.decisions.columns import read_columns, write_columns
from gallery.decisions.memberships import read_memberships, write_memberships
from gallery.decisions.pair_verdicts import read_verdicts, write_verdicts
from gallery.decisions.targets import ChangeTarget, ImageColumn, Membership, PairVerdict
from gallery.decisions.verdict_values import VerdictValue

StoredValue: TypeAlias = ColumnValue | bool | VerdictValue


def read(targets: Iterable[ChangeTarget]) -> dict[ChangeTarget, StoredValue]:
    """Return the values of `targets`, without those whose picture, tag or album is deleted."""
    targets = list(targets)
    values: list[tuple[ChangeTarget, StoredValue]] = [
        *read_columns([one for one in targets if isinstance(one, ImageColumn)]).items(),
        *read_memberships([one for one in targets if isinstance(one, Membership)]).items(),
        *read_verdicts([one for one in targets if isinstance(one, PairVerdict)]).items(),
    ]
    return dict(values)


def write(changes: Sequence[Change]) -> None:
    """Give every target its value after the change, and note that in the change log."""
    write_columns([one for one in changes if isinstance(one, ColumnChange)])
    write_memberships([one for one in changes if isinstance(one, MembershipChange)])
    write_verdicts([one for one in changes if isinstance(one, VerdictChange)])


def applicable(changes: Sequence[Change]) -> list[Change]:
    """Return the `changes` whose targets still hold the value before the change."""
    current = read(change.target for change in changes)
    return [
        change
        for change in changes
        if change.target in current and change.applies_to(current[change.target])
    ]
