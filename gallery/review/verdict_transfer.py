"""Verdicts as lines of JSON, so that years of decisions can move to another site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from gallery import decisions, verdicts
from gallery.batches import in_batches
from gallery.decisions import VERDICT, Cell, Place
from gallery.models import Image, Verdict

OF_COPIES = ("first_copy", "second_copy", "first_file", "second_file")
FIELDS = ("first", "second", "kind", "by", "at", *OF_COPIES)
OPTIONAL = ("by", *OF_COPIES)
# Without NUL, which PostgreSQL cannot store.
PLAIN = re.compile(r"[!-~]{1,80}")
SHA256 = re.compile(r"([0-9a-f]{64})?")
PORTION = 500


class BadLines(Exception):
    """Some lines are no verdicts; `complaints` name each by its number."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


@dataclass(frozen=True)
class Line:
    """A verdict as a line says it: of two content digests, the smaller one first."""

    first: str
    second: str
    kind: str
    by: str | None
    at: datetime
    copies: tuple[tuple[str, str], ...] = ()
    """Where the digests are equal: public id and SHA-256 of the two pictures, by id."""

    @property
    def place(self) -> Place:
        ids = [copy for copy, _ in self.copies] or [None, None]
        return (VERDICT, self.first, self.second, *ids)

    @property
    def is_unnamed(self) -> bool:
        return self.first == self.second and not self.copies


@dataclass(frozen=True)
class Imported:
    """How many verdicts were taken in, or were known already; `waiting` for copies not here."""

    new: int
    known: int
    waiting: int


def exported() -> Iterator[str]:
    """Yield what people said of pairs, the oldest first, a line of JSON each."""
    rows = verdicts.said().select_related("first", "second", "decided_by").order_by("pk")
    for row in rows.iterator(chunk_size=1000):
        line: dict[str, Any] = {
            "first": row.first_digest,
            "second": row.second_digest,
            "kind": row.kind,
            "by": row.decided_by.get_username() if row.decided_by else None,
            "at": row.decided_at.isoformat(),
        }
        if row.first_copy:
            line |= {name: str(getattr(row, name)) for name in OF_COPIES}
        if row.first_copy or row.first_digest != row.second_digest:
            yield json.dumps(line)


def parsed(lines: Iterable[str]) -> list[Line]:
    """Return the verdicts of `lines`, empty ones passed over; raises BadLines."""
    found, complaints = [], []
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                found.append(_line(text))
            except ValueError as error:
                complaints.append(f"Line {number}: {error}")
    if complaints:
        raise BadLines(complaints)
    return found


@transaction.atomic
def take_in(lines: Iterable[Line]) -> Imported:
    """Store the verdicts of `lines`, all or none; of two on one pair the later one counts."""
    decisions.lock()
    newest = {line.place: line for line in sorted(lines, key=lambda line: line.at)}
    # Earlier versions exported what was said of copies that had gone, and not which ones.
    unnamed = [place for place, line in newest.items() if line.is_unnamed]
    newest = {place: line for place, line in newest.items() if not line.is_unnamed}
    people = dict(get_user_model().objects.values_list("username", "pk"))
    new = waiting = 0
    for portion in in_batches(newest.values(), PORTION):
        keys = _keys(portion)
        new += _write([_cell(line, people, keys) for line in portion])
        waiting += _waiting(line.place for line in portion if line.copies)
    return Imported(new, len(newest) - new, waiting + len(unnamed))


def _write(changes: list[Cell]) -> int:
    before = decisions.read(cell.place for cell in changes)
    later = [
        Cell(cell.place, before[cell.place], cell.after)
        for cell in changes
        if not before[cell.place] or before[cell.place]["at"] < cell.after["at"]
    ]
    decisions.write(later)
    return len(later)


def _waiting(places: Iterable[Place]) -> int:
    """Return of how many verdicts on two copies one is not here."""
    said = decisions.read(places).values()
    return sum(None in (value["first"], value["second"]) for value in said if value)


def _line(text: str) -> Line:
    """Read a line; raises ValueError with a sentence."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):  # the latter for a thousand brackets
        raise ValueError("This is not JSON.") from None
    if not isinstance(said, dict) or set(said) - set(FIELDS):
        raise ValueError(f"A verdict is an object with {', '.join(FIELDS)}.")
    for name in FIELDS:
        is_left_out = name in OPTIONAL and said.get(name) is None
        if not (isinstance(said.get(name), str) or is_left_out):
            raise ValueError(f"{name!r} is missing, or is no text.")
    return _checked(said)


def _checked(said: dict[str, Any]) -> Line:
    digests = [said["first"], said["second"]]
    if not all(PLAIN.fullmatch(digest) for digest in digests):
        raise ValueError("A content digest has 1 to 80 plain characters.")
    if said["kind"] not in Verdict.Kind.values:
        kinds = ", ".join(Verdict.Kind.values)
        raise ValueError(f"The kind must be one of {kinds}, not {said['kind']!r}.")
    copies = _copies(said) if digests[0] == digests[1] else ()
    first, second = sorted(digests)
    return Line(first, second, said["kind"], said.get("by"), _moment(said["at"]), copies)


def _copies(said: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the two copies that a verdict on one content is about, if they are named."""
    named = [said.get(f"{end}_copy") for end in decisions.ENDS]
    if None in named:
        return ()
    try:
        ids = [str(UUID(name)) for name in named]
    except ValueError:
        raise ValueError("The id of a copy is a UUID.") from None
    files = [said.get(f"{end}_file") or "" for end in decisions.ENDS]
    if ids[0] == ids[1] or not all(SHA256.fullmatch(file) for file in files):
        raise ValueError("The two copies are one, or a file digest has not 64 hex digits.")
    return tuple(sorted(zip(ids, files, strict=True)))


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
        if moment is not None and is_aware(moment):
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for the first and the last day there are
        pass
    raise ValueError(f"The time must be like 2026-05-03T12:00:00+00:00, not {text!r}.")


def _keys(portion: list[Line]) -> dict[str, int]:
    """Return the key of the first picture of each content."""
    digests = {digest for line in portion for digest in (line.first, line.second)}
    rows = Image.objects.filter(content_digest__in=digests).order_by("-pk")
    return dict(rows.values_list("content_digest", "pk"))


def _cell(line: Line, people: dict[str, int], keys: dict[str, int]) -> Cell:
    """Return the change that `line` makes; which pictures two copies are is found afterwards."""
    value: dict[str, Any] = {
        "kind": line.kind,
        "by": people.get(line.by) if line.by else None,
        "at": line.at.isoformat(),
        "first": None if line.copies else keys.get(line.first),
        "second": None if line.copies else keys.get(line.second),
    }
    if line.copies:
        value |= dict(zip(decisions.FILES, (file for _, file in line.copies), strict=True))
    return Cell(line.place, None, value)
