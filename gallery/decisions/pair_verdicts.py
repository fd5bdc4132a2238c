"""Verdicts on pairs, read and written by decisions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.contrib.auth import get_user_model

from gallery import verdicts
from gallery.decisions.changes import VerdictChange
from gallery.decisions.locks import lock_images
from gallery.decisions.targets import PairVerdict
from gallery.decisions.verdict_values import VerdictValue
from gallery.models import Image, Verdict

WRITTEN = (
    *("first", "second", "first_file", "second_file"),
    *("kind", "decided_by", "decided_at", "is_inferred"),
)


def read_verdicts(targets: Collection[PairVerdict]) -> dict[PairVerdict, VerdictValue | None]:
    """Return the verdict that a person gave on each pair, or None; inferred ones do not count."""
    given = {
        target: VerdictValue.of_row(row)
        for target, row in _rows(targets).items()
        if not row.is_inferred
    }
    return {target: given.get(target) for target in targets}


def write_verdicts(changes: Collection[VerdictChange]) -> None:
    """Store, replace or delete verdicts, and renew what follows from them for other pairs."""
    targets = [change.target for change in changes]
    rows = _rows(targets)
    withdrawn = [c.target for c in changes if c.after is None and c.target in rows]
    Verdict.objects.filter(pk__in=[rows[target].pk for target in withdrawn]).delete()
    values = {change.target: change.after for change in changes if change.after is not None}
    _store(_of_existing_rows(values), rows)
    if equal := [target.first_digest for target in targets if target.copies]:
        verdicts.fill_vacancies(Image.objects.filter(content_digest__in=equal))
    verdicts.follow(
        digest for target in targets for digest in (target.first_digest, target.second_digest)
    )


def _rows(targets: Collection[PairVerdict]) -> dict[PairVerdict, Verdict]:
    """Return the stored verdicts, inferred ones too, on pairs of the contents of `targets`."""
    rows = Verdict.objects.filter(
        first_digest__in={target.first_digest for target in targets},
        second_digest__in={target.second_digest for target in targets},
    )
    return {PairVerdict.of_row(row): row for row in rows}


def _store(values: dict[PairVerdict, VerdictValue], rows: dict[PairVerdict, Verdict]) -> None:
    new = [_row(target, value) for target, value in values.items() if target not in rows]
    replaced = [
        _row(target, value, rows[target]) for target, value in values.items() if target in rows
    ]
    Verdict.objects.bulk_create(new, batch_size=200)
    Verdict.objects.bulk_update(replaced, WRITTEN, batch_size=200)


def _of_existing_rows(values: dict[PairVerdict, VerdictValue]) -> dict[PairVerdict, VerdictValue]:
    """Return `values` with None for pictures and people that have been deleted."""
    images = lock_images(key for value in values.values() for key in value.pictures)
    deciders = {value.decided_by for value in values.values() if value.decided_by is not None}
    users = get_user_model().objects.filter(pk__in=deciders)
    people = set(users.values_list("pk", flat=True))
    return {
        target: replace(
            value,
            decided_by=value.decided_by if value.decided_by in people else None,
            first=value.first if value.first in images else None,
            second=value.second if value.second in images else None,
        )
        for target, value in values.items()
    }


def _row(target: PairVerdict, value: VerdictValue, row: Verdict | None = None) -> Verdict:
    """Return the row that holds `value`: a new one, or `row`, which may have been inferred."""
    row = row or Verdict(first_digest=target.first_digest, second_digest=target.second_digest)
    row.kind, row.decided_by_id, row.decided_at = value.kind, value.decided_by, value.decided_at
    row.first_id, row.second_id = value.first, value.second
    row.first_copy, row.second_copy = target.copies or (None, None)
    row.first_file, row.second_file = value.files or ("", "")
    row.is_inferred = False
    return row
