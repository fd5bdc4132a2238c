"""
Changes as the JSON that `Decision.changes` holds, one short list each.

    ["image", image, column, before, after]
    ["tag" or "album", image, collection, before, after]
    ["verdict", first digest, second digest, before, after]
    ["verdict", digest, digest, first copy, second copy, before, after]

Moments are in ISO 8601. A verdict is null, or a list of its kind, who gave it, when, the two
pictures and, for two copies, the SHA-256 of both files.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from django.db.models import Field

from gallery.decisions.changes import (
    Change,
    ColumnChange,
    ColumnValue,
    MembershipChange,
    VerdictChange,
)
from gallery.decisions.targets import ALBUM, TAG, ImageColumn, Membership, PairVerdict
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Decision, Image, Verdict

Scalar: TypeAlias = str | int | None
Row: TypeAlias = list[Scalar | list[Scalar]]


def changes_of(decision: Decision) -> list[Change]:
    """Return the changes that `decision` made, in order."""
    return [change_from_json(row) for row in decision.changes]


def changes_to_json(changes: Iterable[Change]) -> list[Row]:
    """Return what `Decision.changes` holds for `changes`."""
    return [change_to_json(change) for change in changes]


def change_to_json(change: Change) -> Row:
    """Return the list that stands for `change`."""
    match change:
        case ColumnChange(ImageColumn(image, name), before, after):
            return ["image", image, name, _column_to_json(before), _column_to_json(after)]
        case MembershipChange(Membership(kind, image, collection), was_member, is_member):
            return [kind, image, collection, was_member, is_member]
        case VerdictChange(PairVerdict(first, second, copies), old, new):
            pair = ["verdict", first, second, *(copies or ())]
            return [*pair, _verdict_to_json(old), _verdict_to_json(new)]


def change_from_json(row: object) -> Change:
    """Return the change that a list stands for; raises ValueError if it stands for none."""
    match row:
        case ["image", int(image), str(name), before, after]:
            column = ImageColumn(image, name)
            return ColumnChange(column, _column(name, before), _column(name, after))
        case [str(kind), int(image), int(collection), bool(before), bool(after)] if kind in (
            TAG,
            ALBUM,
        ):
            return MembershipChange(Membership(kind, image, collection), before, after)
        case ["verdict", str(first), str(second), before, after]:
            return VerdictChange(PairVerdict(first, second), _verdict(before), _verdict(after))
        case ["verdict", str(first), str(second), str(a), str(b), before, after]:
            pair = PairVerdict(first, second, (a, b))
            return VerdictChange(pair, _verdict(before), _verdict(after))
    raise ValueError(f"Not a change: {row!r}")


def _column_to_json(value: ColumnValue) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value


def _column(name: str, value: object) -> ColumnValue:
    field = Image._meta.get_field(name)
    if not isinstance(field, Field):
        raise ValueError(f"Not a column of pictures: {name!r}")
    converted: ColumnValue = field.to_python(value)
    return converted


def _verdict_to_json(value: VerdictValue | None) -> list[Scalar] | None:
    if value is None:
        return None
    decided_at = value.decided_at.isoformat()
    pictures = (value.first, value.second)
    return [value.kind.value, value.decided_by, decided_at, *pictures, *(value.files or ())]


def _verdict(value: object) -> VerdictValue | None:
    match value:
        case None:
            return None
        case [
            str(kind),
            (int() | None) as decided_by,
            str(decided_at),
            (int() | None) as first,
            (int() | None) as second,
            *files,
        ]:
            moment = datetime.fromisoformat(decided_at)
            return VerdictValue(
                Verdict.Kind(kind), decided_by, moment, first, second, _files(files)
            )
    raise ValueError(f"Not a verdict: {value!r}")


def _files(values: list[object]) -> tuple[str, str] | None:
    match values:
        case []:
            return None
        case [str(first), str(second)]:
            return first, second
    raise ValueError(f"Not the digests of two files: {values!r}")
