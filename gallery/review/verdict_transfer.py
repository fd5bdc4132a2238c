"""Export and import of verdicts, so that years of decisions can move to another site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction

from gallery import decisions, verdicts
from gallery.batches import in_batches
from gallery.decisions import PairVerdict, VerdictChange, VerdictValue, read_verdicts
from gallery.models import Image
from gallery.review.verdict_lines import VerdictLine, line_of

BATCH = 500


@dataclass(frozen=True)
class Imported:
    """How many verdicts were new or known already; `waiting` for copies not in the gallery."""

    new: int
    known: int
    waiting: int


def exported() -> Iterator[str]:
    """Yield the verdicts that people gave as lines of JSON, oldest first."""
    rows = verdicts.given_verdicts().select_related("first", "second", "decided_by")
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        if row.first_copy or row.first_digest != row.second_digest:
            yield line_of(row)


@transaction.atomic
def import_verdicts(lines: Iterable[VerdictLine]) -> Imported:
    """Store the verdicts on `lines`, all or none; the latest on each pair counts."""
    decisions.lock()
    latest = {line.target: line for line in sorted(lines, key=lambda line: line.at)}
    # Verdicts on copies of one content that do not say which copies cannot be stored.
    usable = [line for line in latest.values() if not line.lacks_copies]
    users = dict(get_user_model().objects.values_list("username", "pk"))
    new = waiting = 0
    for batch in in_batches(usable, BATCH):
        new += _write(batch, users)
        waiting += _waiting([line.target for line in batch if line.copies])
    return Imported(new, len(usable) - new, waiting + len(latest) - len(usable))


def _write(batch: Sequence[VerdictLine], users: Mapping[str, int]) -> int:
    """Store verdicts given later than those there are; return how many."""
    current = read_verdicts([line.target for line in batch])
    keys = _keys(batch)
    changes = [
        VerdictChange(line.target, before, _value(line, users, keys))
        for line in batch
        if (before := current[line.target]) is None or before.decided_at < line.at
    ]
    decisions.write_verdicts(changes)
    return len(changes)


def _value(line: VerdictLine, users: Mapping[str, int], keys: Mapping[str, int]) -> VerdictValue:
    by = users.get(line.by) if line.by else None
    if line.copies:
        # Writing finds out which pictures they are.
        files = (line.copies[0].file, line.copies[1].file)
        return VerdictValue(line.kind, by, line.at, None, None, files)
    return VerdictValue(line.kind, by, line.at, keys.get(line.first), keys.get(line.second))


def _keys(batch: Iterable[VerdictLine]) -> dict[str, int]:
    """Return the key of the first picture of each content."""
    digests = {digest for line in batch for digest in (line.first, line.second)}
    rows = Image.objects.filter(content_digest__in=digests).order_by("-pk")
    return dict(rows.values_list("content_digest", "pk"))


def _waiting(targets: Sequence[PairVerdict]) -> int:
    """Return how many verdicts on two copies still lack one of their pictures."""
    values = read_verdicts(targets).values()
    return sum(len(value.pictures) < 2 for value in values if value is not None)
