"""Whether the triggers, the log, the columns and the index of a model agree, and what does not."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connections, models, transaction

from hashing.fields import PerceptualHashField
from hashing.fingerprints import PerceptualHash
from hashing.index.change_log import changes_since, log_length
from hashing.index.introspection import column_names
from hashing.index.process_index import index_of
from hashing.index.triggers import faults, tracked_fields
from hashing.models import HashChange
from hashing.search import HammingIndex, distances_of, integers_of, words_of

RADII = (0, 4, 10, 20)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, and a sentence."""

    kind: str
    message: str


@dataclass(frozen=True)
class Soundness:
    """What was looked at for one model, and what was found."""

    model: str
    rows: int
    log: int
    findings: list[Finding]


def examined(model: type[models.Model], using: str, sample: int) -> Soundness:
    """Compare everything that is kept of `model`; ask for the look-alikes of `sample` hashes."""
    table, rows = model._meta.db_table, models.QuerySet(model, using=using)
    if absent := _absent_columns(model, using):
        return Soundness(model._meta.label, 0, 0, absent)
    found = [*_log_findings(model, using), *_trial_findings(model, using)]
    for field in tracked_fields(model):
        found += _column_findings(field, using)
        found += _index_findings(field, using)
        found += _search_findings(field, index_of(field, using).current(), sample, table)
    return Soundness(model._meta.label, rows.count(), log_length(model, using), found)


def _absent_columns(model: type[models.Model], using: str) -> list[Finding]:
    table = model._meta.db_table
    there = column_names(connections[using], table)
    return [
        Finding("column", f"The table {table!r} has no column {field.column!r}: run migrate.")
        for field in tracked_fields(model)
        if field.column not in there
    ]


def _log_findings(model: type[models.Model], using: str) -> Iterator[Finding]:
    table = model._meta.db_table
    for sentence in faults(connections[using], model):
        yield Finding("trigger", sentence)
    unnumbered = HashChange.objects.using(using).filter(table_name=table, seq__lt=0).count()
    if unnumbered:
        yield Finding("log", f"{unnumbered} committed changes of {table!r} have no number.")


def _trial_findings(model: type[models.Model], using: str) -> Iterator[Finding]:
    """Change each hash of one row, look into the log, and take the changes back."""
    rows = models.QuerySet(model, using=using)
    key = rows.order_by("pk").values_list("pk", flat=True).first()
    cursor = changes_since(model, None, using).cursor
    if key is None or cursor is None:
        return
    for field in tracked_fields(model):
        with transaction.atomic(using=using):
            (hash_,) = rows.filter(pk=key).values_list(field.name, flat=True)[:1] or (None,)
            other = PerceptualHash((hash_.value if hash_ else 0) ^ 1, field.width)
            changed = rows.filter(pk=key).update(**{field.name: other})
            logged = key in changes_since(model, cursor, using).keys
            transaction.set_rollback(True, using=using)
        if changed and not logged:
            yield Finding("log", f"A change of {field.column!r} does not get into the log.")


def _column_findings(field: PerceptualHashField, using: str) -> Iterator[Finding]:
    keys = [key for key, hash_ in _stored(field, using) if hash_ >> field.width]
    if keys:
        yield Finding(
            "column",
            f"{field.column!r} holds more than {field.width} bits in {_some(keys)}: "
            "run hash_images --all.",
        )


def _index_findings(field: PerceptualHashField, using: str) -> Iterator[Finding]:
    """Compare the index, as a query gets it, with the column, read row by row."""
    model = field.model
    cursor = changes_since(model, None, using).cursor
    stored = dict(_stored(field, using))
    keys, hashes = index_of(field, using).current().entries
    held = dict(zip(keys.tolist(), integers_of(hashes), strict=True))
    meanwhile = set(changes_since(model, cursor, using).keys.tolist())
    differ = {key for key, _ in stored.items() ^ held.items()} - meanwhile
    if differ:
        yield Finding(
            "index", f"The index of {field.column!r} is not as its column in {_some(differ)}."
        )


def _search_findings(
    field: PerceptualHashField, index: HammingIndex, sample: int, table: str
) -> Iterator[Finding]:
    """Compare what the index finds with what comparing with every hash finds."""
    keys, hashes = index.entries
    if not len(keys):
        return
    chosen = np.random.default_rng(0).choice(hashes, size=min(sample, len(hashes)), replace=False)
    words = words_of(hashes)
    for hash_ in integers_of(chosen):
        distances = distances_of(words, hash_)
        for radius in RADII:
            near = distances <= radius
            expected = dict(zip(keys[near].tolist(), distances[near].tolist(), strict=True))
            found = dict(zip(*(part.tolist() for part in index.within(hash_, radius)), strict=True))
            if found != expected:
                yield Finding(
                    "search",
                    f"Within {radius} bits of {hash_:0{field.width // 4}x} the index of "
                    f"{table}.{field.column} finds {len(found)} rows, "
                    f"comparing with every hash finds {len(expected)}.",
                )


def _stored(field: PerceptualHashField, using: str) -> Iterator[tuple[int, int]]:
    """Yield keys and hashes row by row, past models, managers and what reads in bulk."""
    connection = connections[using]
    meta = field.model._meta
    names = (meta.pk.column, field.column, meta.db_table)
    key, column, table = (connection.ops.quote_name(str(name)) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL")
        for pk, value in cursor.fetchall():
            yield pk, value % 2**64 if isinstance(value, int) else int.from_bytes(value)


def _some(keys: set[int] | list[int]) -> str:
    first = ", ".join(map(str, sorted(keys)[:5]))
    return f"row {first}" if len(keys) == 1 else f"{len(keys)} rows, such as {first}"
