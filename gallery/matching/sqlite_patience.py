"""How long a request waits for another writer to SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import clear_frames

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from gallery.models import Image

# Milliseconds that a visitor does not notice; commands wait for the usual time, many seconds.
BRIEFLY = 250


@contextmanager
def brief_wait() -> Iterator[None]:
    """
    Let the block wait only briefly for another writer to SQLite, then abandon it.

    An abandoned block has written nothing, so it should be work that can be left to a
    later call. On other databases, and inside a transaction, which holds its locks already, this
    does nothing.
    """
    connection = connections[Image.objects.db]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    usual = _busy_timeout(connection)
    _set_busy_timeout(connection, BRIEFLY)
    try:
        yield
    except OperationalError as error:
        if not _is_busy(error):
            raise
        _close_cursors(error)
    finally:
        _set_busy_timeout(connection, usual)


def _busy_timeout(connection: BaseDatabaseWrapper) -> int:
    """Return how many milliseconds the connection waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return int(cursor.fetchone()[0])


def _set_busy_timeout(connection: BaseDatabaseWrapper, milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


def _is_busy(error: OperationalError) -> bool:
    """Return whether another connection held a lock for too long."""
    cause = error.__cause__
    if not isinstance(cause, sqlite3.Error):
        return False
    # The lower byte is the primary code; those above it tell kinds of busyness apart.
    return cause.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _close_cursors(error: OperationalError) -> None:
    """
    Close the cursors that the frames of `error` hold.

    Frames and error form a reference cycle. Otherwise the garbage collector would close the
    cursors later, perhaps in another thread: that thread would wait for this connection while
    this connection waits for a lock that the same thread holds.
    """
    for link in (error, error.__cause__):
        if link is not None:
            clear_frames(link.__traceback__)
