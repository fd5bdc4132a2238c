"""Verdicts as lines of JSON, for export_verdicts and import_verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from gallery.decisions import PairVerdict
from gallery.models import Verdict

COPY_FIELDS = ("first_copy", "second_copy", "first_file", "second_file")
FIELDS = ("first", "second", "kind", "by", "at", *COPY_FIELDS)
OPTIONAL = ("by", *COPY_FIELDS)
# Without NUL, which PostgreSQL cannot store.
DIGEST = re.compile(r"[!-~]{1,80}")
SHA256 = re.compile(r"([0-9a-f]{64})?")

Fields = Mapping[str, str | None]


class InvalidLines(Exception):
    """Some lines are not verdicts; `complaints` names each by its number."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass(frozen=True)
class CopyOnLine:
    """One of two copies of one content: its public id, and the SHA-256 of its file or ""."""

    public_id: str
    file: str


@dataclass(frozen=True)
class VerdictLine:
    """A verdict on two content digests, the smaller one first; `by` is a user name."""

    first: str
    second: str
    kind: Verdict.Kind
    by: str | None
    at: datetime
    copies: tuple[CopyOnLine, CopyOnLine] | None = None
    """If the digests are equal, the two pictures, by id."""

    @property
    def target(self) -> PairVerdict:
        ids = (self.copies[0].public_id, self.copies[1].public_id) if self.copies else None
        return PairVerdict(self.first, self.second, ids)

    @property
    def lacks_copies(self) -> bool:
        """Whether it is about two copies of one content but does not say which."""
        return self.first == self.second and self.copies is None


def line_of(row: Verdict) -> str:
    """Return the line for a stored verdict."""
    fields = {
        "first": row.first_digest,
        "second": row.second_digest,
        "kind": row.kind,
        "by": row.decided_by.get_username() if row.decided_by else None,
        "at": row.decided_at.isoformat(),
    }
    if row.first_copy:
        fields |= {name: str(getattr(row, name)) for name in COPY_FIELDS}
    return json.dumps(fields)


def parsed(lines: Iterable[str]) -> list[VerdictLine]:
    """Return the verdicts on `lines`, skipping empty ones; raise InvalidLines."""
    verdicts, complaints = [], []
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                verdicts.append(_verdict_line(_fields(text)))
            except ValueError as error:
                complaints.append(f"Line {number}: {error}")
    if complaints:
        raise InvalidLines(complaints)
    return verdicts


def _fields(text: str) -> dict[str, str | None]:
    """Return the fields of a line; raise ValueError with a message for users."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):  # the latter for a thousand brackets
        raise ValueError("This is not JSON.") from None
    if not isinstance(fields, dict) or set(fields) - set(FIELDS):
        raise ValueError(f"A verdict is an object with {', '.join(FIELDS)}.")
    for name in FIELDS:
        value = fields.get(name)
        if not (isinstance(value, str) or (name in OPTIONAL and value is None)):
            raise ValueError(f"{name!r} is missing or is not a text.")
    return fields


def _verdict_line(fields: Fields) -> VerdictLine:
    first, second = sorted((_digest(fields["first"]), _digest(fields["second"])))
    kind, by, at = _kind(fields["kind"]), fields.get("by"), _moment(fields["at"])
    copies = _copies(fields) if first == second else None
    return VerdictLine(first, second, kind, by, at, copies)


def _digest(text: str | None) -> str:
    if not text or not DIGEST.fullmatch(text):
        raise ValueError("A content digest has 1 to 80 printable ASCII characters.")
    return text


def _kind(text: str | None) -> Verdict.Kind:
    try:
        return Verdict.Kind(text or "")
    except ValueError:
        kinds = ", ".join(Verdict.Kind.values)
        raise ValueError(f"The kind must be one of {kinds}, not {text!r}.") from None


def _moment(text: str | None) -> datetime:
    try:
        moment = parse_datetime(text or "")
        if moment is not None and is_aware(moment):
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for the first and the last day there are
        pass
    raise ValueError(f"The time must be like 2026-05-03T12:00:00+00:00, not {text!r}.")


def _copies(fields: Fields) -> tuple[CopyOnLine, CopyOnLine] | None:
    """Return the two copies that a verdict on one content is about, by id, if they are named."""
    ids = fields.get("first_copy"), fields.get("second_copy")
    if ids[0] is None or ids[1] is None:
        return None
    first = _copy(ids[0], fields.get("first_file"))
    second = _copy(ids[1], fields.get("second_file"))
    if first.public_id == second.public_id:
        raise ValueError("Both copies are the same picture.")
    return (first, second) if first.public_id < second.public_id else (second, first)


def _copy(public_id: str, file: str | None) -> CopyOnLine:
    try:
        canonical = str(UUID(public_id))
    except ValueError:
        raise ValueError("The id of a copy is a UUID.") from None
    if not SHA256.fullmatch(file or ""):
        raise ValueError("The digest of a file has 64 hexadecimal digits.")
    return CopyOnLine(canonical, file or "")
