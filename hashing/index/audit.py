"""Audit of one model: whether its triggers, its log, its columns and its indexes agree."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connections, models, transaction

from hashing.fields import NUMBER_BITS, PerceptualHashField
from hashing.fingerprints import PerceptualHash
from hashing.index.change_log import changes_since, log_length
from hashing.index.introspection import column_names
from hashing.index.process_index import index_of
from hashing.index.row_keys import PrimaryKey, row_keys_of
from hashing.index.triggers import faults, tracked_fields
from hashing.models import HashChange
from hashing.search import HammingIndex, distances_of, integers_of, words_of

RADII = (0, 4, 10, 20)


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: its kind, and a sentence."""

    kind: str
    message: str


@dataclass(frozen=True)
class Audit:
    """The findings for one model, with the numbers of its rows and of the rows of its log."""

    model: str
    rows: int
    log: int
    findings: list[Finding]


def audit_of(model: type[models.Model], using: str, sample: int) -> Audit:
    """Audit the triggers, log and indexes of `model`, with `sample` searches in each column."""
    if absent := _absent_columns(model, using):
        return Audit(model._meta.label, 0, 0, absent)
    findings = [*_log_findings(model, using), *_trial_findings(model, using)]
    for field in tracked_fields(model):
        findings += _column_findings(field, using)
        findings += _index_findings(field, using)
        findings += _search_findings(field, index_of(field, using).current(), sample)
    rows = _rows(model, using).count()
    return Audit(model._meta.label, rows, log_length(model, using), findings)


def _rows(model: type[models.Model], using: str) -> models.QuerySet[models.Model]:
    return models.QuerySet(model, using=using)  # a manager may hide rows


def _absent_columns(model: type[models.Model], using: str) -> list[Finding]:
    table = model._meta.db_table
    columns = column_names(connections[using], table)
    return [
        Finding("column", f"The table {table!r} has no column {field.column!r}: run migrate.")
        for field in tracked_fields(model)
        if field.column not in columns
    ]


def _log_findings(model: type[models.Model], using: str) -> Iterator[Finding]:
    table = model._meta.db_table
    for sentence in faults(connections[using], model):
        yield Finding("trigger", sentence)
    unnumbered = HashChange.objects.using(using).filter(table_name=table, seq__lt=0).count()
    if unnumbered:
        yield Finding("log", f"{unnumbered} committed changes of {table!r} have no number.")


def _trial_findings(model: type[models.Model], using: str) -> Iterator[Finding]:
    """Change each hash of one row, look for the change in the log, and roll it back."""
    rows = _rows(model, using)
    key = rows.order_by("pk").values_list("pk", flat=True).first()
    cursor = changes_since(model, None, using).cursor
    if key is None or cursor is None:
        return
    for field in tracked_fields(model):
        with transaction.atomic(using=using):
            hash_ = rows.filter(pk=key).values_list(field.name, flat=True).first()
            other = PerceptualHash((hash_.value if hash_ else 0) ^ 1, field.width)
            changed = rows.filter(pk=key).update(**{field.name: other})
            logged = row_keys_of(model, using).keys(changes_since(model, cursor, using).keys)
            transaction.set_rollback(True, using=using)
        if changed and key not in logged:
            yield Finding("log", f"A change of {field.column!r} does not reach the log.")


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
    row_keys = row_keys_of(field.model, using)
    cursor = changes_since(field.model, None, using).cursor
    stored = dict(_stored(field, using))
    numbers, hashes = index_of(field, using).current().entries
    indexed = dict(zip(row_keys.keys(numbers), integers_of(hashes), strict=True))
    changed = set(row_keys.keys(changes_since(field.model, cursor, using).keys))
    differing = {key for key, _ in stored.items() ^ indexed.items()} - changed
    if differing:
        yield Finding(
            "index",
            f"The index of {field.column!r} differs from its column in {_some(differing)}.",
        )


def _search_findings(
    field: PerceptualHashField, index: HammingIndex, sample: int
) -> Iterator[Finding]:
    """Compare the answers of the index with those of comparing every hash."""
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
                    f"{field.model._meta.db_table}.{field.column} finds {len(found)} rows, "
                    f"comparing with every hash finds {len(expected)}.",
                )


def _stored(field: PerceptualHashField, using: str) -> Iterator[tuple[PrimaryKey, int]]:
    """Yield keys and hashes row by row, without the bulk reading that indexes use."""
    is_number = field.width <= NUMBER_BITS
    column = models.BigIntegerField() if is_number else models.BinaryField()
    hash_ = models.ExpressionWrapper(models.F(field.name), output_field=column)
    rows = _rows(field.model, using).filter(**{f"{field.name}__isnull": False})
    for key, value in rows.values_list("pk", hash_).iterator(chunk_size=10_000):
        yield key, value % 2**64 if is_number else int.from_bytes(value)


def _some(keys: set[PrimaryKey] | list[PrimaryKey]) -> str:
    first = ", ".join(map(str, sorted(keys)[:5]))
    return f"row {first}" if len(keys) == 1 else f"{len(keys)} rows, such as {first}"
