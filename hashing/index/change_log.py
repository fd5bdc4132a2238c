"""
The log of rows whose hashes have changed, on SQLite and PostgreSQL, and how to follow it.

Triggers write it, which see what signals do not: `update()`, `bulk_create()`, raw SQL, other
programs. Whoever keeps something that follows from hashes keeps a cursor with it and asks
`changes_since(model, cursor)` what has changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.index.triggers import (
    LOG,
    PENDING,
)
from hashing.models import HashChange


class Cursor(NamedTuple):
    """A place in the log of a table: which log, and the newest row of it that was read."""

    epoch: int
    seq: int


@dataclass(frozen=True)
class Changes:
    """
    What a table's log says since a cursor.

    `keys`, distinct and ascending, are of rows that were added, changed or deleted. If
    `is_complete` is false the log no longer knows, and there are none: load everything now.
    `cursor` is where to go on from; None while the table has no log.
    """

    keys: npt.NDArray[np.int64]
    cursor: Cursor | None
    is_complete: bool


def changes_since(
    model: type[models.Model], cursor: Cursor | None, using: str = DEFAULT_DB_ALIAS
) -> Changes:
    """
    Return the changes of the table of `model` since `cursor`; without one, where it stands.

    Inside a transaction that includes its own changes. On PostgreSQL they have no number yet and
    come again after the commit; so what is shared must not advance inside a transaction, and
    what is kept in the same database advances with it.
    """
    connection, table = connections[using], model._meta.db_table
    if cursor is not None:
        begin, log, pending = _read(connection, table, cursor.seq)
        if (cursor.epoch, cursor.seq) in {(begin, seq) for seq, _ in log}:
            keys = [key for seq, key in log if seq > cursor.seq] + pending
            newest = Cursor(cursor.epoch, max(seq for seq, _ in log))
            return Changes(np.unique(np.array(keys, dtype=np.int64)), newest, True)
    return Changes(np.empty(0, dtype=np.int64), _end(connection, table), False)


def note_changes(
    model: type[models.Model], keys: Iterable[int], using: str = DEFAULT_DB_ALIAS
) -> None:
    """
    Log that something about these rows has changed, as part of the current transaction.

    For what stands in other tables and matters to whoever follows the log of `model`.
    """
    connection, table = connections[using], model._meta.db_table
    if connection.vendor != "postgresql":
        noted = [HashChange(table_name=table, key=key) for key in keys]
        HashChange.objects.using(using).bulk_create(noted, batch_size=1000)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LOG} (seq, table_name, key) "
            f"SELECT -nextval('{PENDING}'), %s, unnest(%s::bigint[])",
            [table, list(keys)],
        )


def log_length(model: type[models.Model], using: str = DEFAULT_DB_ALIAS) -> int:
    """Return how many rows the log of `model` holds."""
    return HashChange.objects.using(using).filter(table_name=model._meta.db_table).count()


def _read(
    connection: BaseDatabaseWrapper, table: str, seq: int
) -> tuple[int | None, list[tuple[int, int]], list[int]]:
    """Return what tells the log from others, its rows from `seq` on, and keys not yet numbered."""
    first = f"SELECT key FROM {LOG} WHERE table_name = %s AND seq > 0 ORDER BY seq LIMIT 1"
    statement = (
        f"SELECT 0, key FROM ({first}) AS opening "
        f"UNION ALL SELECT seq, key FROM {LOG} WHERE table_name = %s AND seq >= %s"
    )
    values = [table, table, seq]
    if connection.vendor == "postgresql" and not connection.get_autocommit():
        statement += f" UNION ALL SELECT seq, key FROM {LOG} WHERE table_name = %s AND seq < 0"
        values.append(table)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    begin = next((key for number, key in rows if number == 0), None)
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
