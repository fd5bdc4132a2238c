"""
Reading the log of rows whose hashes have changed, on SQLite and PostgreSQL.

Triggers write the log. They see what signals do not: `update()`, `bulk_create()`, raw SQL and
other programs. Code that keeps data derived from hashes keeps a cursor with it, and asks
`changes_since(model, cursor)` which rows have changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.index.introspection import migrated
from hashing.index.row_keys import PrimaryKey, has_integer_key, row_keys_of
from hashing.index.triggers import LOG, PENDING
from hashing.models import HashChange
from hashing.search import Keys


class Cursor(NamedTuple):
    """A position in the log of a table: which log it is, and the newest row that was read."""

    epoch: int
    seq: int


@dataclass(frozen=True)
class Changes:
    """
    The changes of a table since a cursor.

    `keys`, distinct and ascending, are the numbers of rows that were added, changed or deleted:
    integer primary keys, or the numbers of others in `row_keys_of(model, using)`. If
    `is_complete` is false the log does not reach back so far, and there are none: load the whole
    table. `cursor` is the one to continue from; None while the table has no log.
    """

    keys: Keys
    cursor: Cursor | None
    is_complete: bool


def changes_since(
    model: type[models.Model], cursor: Cursor | None, using: str = DEFAULT_DB_ALIAS
) -> Changes:
    """
    Return the changes of the table of `model` since `cursor`; without one, only the newest cursor.

    Inside a transaction they include its own changes. On PostgreSQL these have no number yet and
    are reported again after the commit, so a cursor that is shared must not be advanced inside a
    transaction; one that is kept in the same database is advanced together with its data.

    Raises NotMigrated if the log's table does not exist yet.
    """
    connection, table = connections[using], model._meta.db_table
    with migrated(model, using):
        if cursor is not None:
            epoch, log, pending = _read(connection, model, cursor.seq)
            if (cursor.epoch, cursor.seq) in {(epoch, seq) for seq, _ in log}:
                keys = [key for seq, key in log if seq > cursor.seq] + pending
                newest = Cursor(cursor.epoch, max(seq for seq, _ in log))
                return Changes(np.unique(row_keys_of(model, using).read(keys)), newest, True)
        return Changes(np.empty(0, dtype=np.int64), _end(connection, table), False)


def note_changes(
    model: type[models.Model], keys: Iterable[PrimaryKey], using: str = DEFAULT_DB_ALIAS
) -> None:
    """
    Log a change of the rows with these primary keys, as part of the current transaction.

    For data in other tables that matters to the readers of the log of `model`.
    """
    connection, table = connections[using], model._meta.db_table
    is_integer = has_integer_key(model)
    if connection.vendor != "postgresql":
        noted = [
            HashChange(table_name=table, **({"key": key} if is_integer else {"text_key": key}))
            for key in keys
        ]
        HashChange.objects.using(using).bulk_create(noted, batch_size=1000)
        return
    columns, noted_key = ("key", "unnest(%s::bigint[])") if is_integer else (
        "key, text_key", "0, unnest(%s::text[])"
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LOG} (seq, table_name, {columns}) "
            f"SELECT -nextval('{PENDING}'), %s, {noted_key}",
            [table, list(keys) if is_integer else list(map(str, keys))],
        )


def log_length(model: type[models.Model], using: str = DEFAULT_DB_ALIAS) -> int:
    """Return how many rows the log of `model` has."""
    return HashChange.objects.using(using).filter(table_name=model._meta.db_table).count()


def _read(
    connection: BaseDatabaseWrapper, model: type[models.Model], seq: int
) -> tuple[int | None, list[tuple[int, PrimaryKey]], list[PrimaryKey]]:
    """Return the epoch of the log, its rows from `seq` on, and the keys without a number yet."""
    table, column, epoch = model._meta.db_table, "key", "key"
    if not has_integer_key(model):
        column, epoch = "text_key", "CAST(key AS text)"  # both halves of a union have one type
    first = f"SELECT {epoch} AS k FROM {LOG} WHERE table_name = %s AND seq > 0 ORDER BY seq LIMIT 1"
    statement = (
        f"SELECT 0, k FROM ({first}) AS opening "
        f"UNION ALL SELECT seq, {column} FROM {LOG} WHERE table_name = %s AND seq >= %s"
    )
    values: list[str | int] = [table, table, seq]
    if connection.vendor == "postgresql" and not connection.get_autocommit():
        statement += f" UNION ALL SELECT seq, {column} FROM {LOG} WHERE table_name = %s AND seq < 0"
        values.append(table)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    begin = next((int(key) for number, key in rows if number == 0), None)
    return begin, [row for row in rows if row[0] > 0], [key for number, key in rows if number < 0]


def _end(connection: BaseDatabaseWrapper, table: str) -> Cursor | None:
    ends = ", ".join(
        f"(SELECT {column} FROM {LOG} WHERE table_name = %s AND seq > 0 ORDER BY seq {way} LIMIT 1)"
        for column, way in (("key", "ASC"), ("seq", "DESC"))
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ends}", [table, table])
        epoch, seq = cursor.fetchone()
    return None if seq is None else Cursor(epoch, seq)
