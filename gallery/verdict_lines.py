"""Verdicts as lines of JSON, so that years of decisions can move to another site."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from gallery import cells, ledger, verdicts
from gallery.batches import in_batches
from gallery.cells import VERDICT, Cell
from gallery.models import Image, Verdict

FIELDS = ("first", "second", "kind", "by", "at", "first_copy", "second_copy")
OPTIONAL = ("by", "first_copy", "second_copy")
# Without NUL, which PostgreSQL cannot store.
PLAIN = re.compile(r"[!-~]{1,80}")
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
    copies: tuple[str | None, str | None]
    """Public ids of the two pictures; only needed, and then both, where the digests are equal."""


@dataclass(frozen=True)
class Imported:
    """How many verdicts were taken in, were known already, or were of copies not here."""

    new: int
    known: int
    strange: int


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
        if row.first_digest == row.second_digest:
            line |= {f"{end}_copy": _public_id(getattr(row, end)) for end in cells.ENDS}
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
    ledger.lock()
    newest: dict[tuple[Any, ...], Line] = {}
    for line in sorted(lines, key=lambda line: line.at):
        newest[line.first, line.second, line.copies if line.first == line.second else None] = line
    people = dict(get_user_model().objects.values_list("username", "pk"))
    new = strange = 0
    for portion in in_batches(newest.values(), PORTION):
        changes = [_cell(line, people, keys) for keys in [_keys(portion)] for line in portion]
        placed = [cell for cell in changes if cell]
        strange += len(changes) - len(placed)
        new += _write(placed)
    return Imported(new, len(newest) - new - strange, strange)


def _write(changes: list[Cell]) -> int:
    before = cells.read(cell.place for cell in changes)
    later = [
        Cell(cell.place, before[cell.place], cell.after)
        for cell in changes
        if not before[cell.place] or before[cell.place]["at"] < cell.after["at"]
    ]
    cells.write(later)
    return len(later)


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
    copies = (said.get("first_copy"), said.get("second_copy"))
    if digests[0] > digests[1]:
        digests, copies = digests[::-1], copies[::-1]
    return Line(digests[0], digests[1], said["kind"], said.get("by"), _moment(said["at"]), copies)


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
        if moment is not None and is_aware(moment):
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for the first and the last day there are
        pass
    raise ValueError(f"The time must be like 2026-05-03T12:00:00+00:00, not {text!r}.")


@dataclass(frozen=True)
class _Keys:
    """The keys of pictures: by public id, and the first one of each content."""

    by_id: dict[str, int]
    by_digest: dict[str, int]


def _keys(portion: list[Line]) -> _Keys:
    digests = {digest for line in portion for digest in (line.first, line.second)}
    rows = Image.objects.filter(content_digest__in=digests).order_by("-pk")
    found = list(rows.values_list("public_id", "content_digest", "pk"))
    return _Keys(
        {str(public_id): key for public_id, _, key in found},
        {digest: key for _, digest, key in found},
    )


def _cell(line: Line, people: dict[str, int], keys: _Keys) -> Cell | None:
    """Return the change that `line` makes; None for a verdict on copies that are not here."""
    is_equal = line.first == line.second
    if is_equal:
        ends = sorted(keys.by_id.get(copy or "", 0) for copy in line.copies)
        if 0 in ends or ends[0] == ends[1]:
            return None
    else:
        ends = [keys.by_digest.get(line.first), keys.by_digest.get(line.second)]
    value = {
        "kind": line.kind,
        "by": people.get(line.by) if line.by else None,
        "at": line.at.isoformat(),
        **dict(zip(cells.ENDS, ends, strict=True)),
    }
    copies = ends if is_equal else (None, None)
    return Cell((VERDICT, line.first, line.second, *copies), None, value)


def _public_id(image: Image | None) -> str | None:
    return str(image.public_id) if image else None
