"""Locks that keep decisions from interfering with each other and with other changes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from gallery.models import Image

# The key of PostgreSQL's advisory lock for decisions.
DECISION_LOCK = 0x1ED6E2


def lock() -> None:
    """Wait until no other decision is being made; call it first in a decision's transaction."""
    if connection.vendor == "postgresql":  # SQLite allows one writer anyway
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DECISION_LOCK])


def lock_images(keys: Iterable[int]) -> set[int]:
    """
    Lock the pictures that still exist until the transaction ends; return their keys.

    Call it before writing rows that refer to pictures. Their foreign keys are checked at the
    commit, when the transaction also waits for its turn in the change log; without the lock it
    could deadlock with a transaction that has locked the pictures and waits for the log.
    """
    rows = Image.objects.filter(pk__in=set(keys)).order_by("pk").select_for_update()
    return set(rows.values_list("pk", flat=True))
