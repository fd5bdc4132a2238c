"""
The lease of the worker: at any time one process leads, whatever happened to the last one.

A row in the database rather than a lock of the operating system or an advisory lock, because it
works the same on SQLite and PostgreSQL, across machines, and says who leads. Two leaders could only
meet if one was suspended for longer than the lease lasts; that costs time and nothing else, because
every task locks what it writes.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from gallery.models import WorkerLease

# How often a leader renews its lease, and how long the lease lasts without renewal. Each renewal
# writes a page to the disk, even when there is nothing to do.
RENEWAL_SECONDS, LIFETIME = 2.0, timedelta(seconds=6)
# A new process needs a while until it renews its lease for the first time.
FIRST_LIFETIME = timedelta(seconds=30)

Role = WorkerLease.Role


@dataclass(frozen=True)
class Lease:
    """The lease as its holder knows it."""

    token: UUID

    @classmethod
    def acquire(cls, role: Role) -> Lease | None:
        """
        Take the lease if nobody holds it; return None if somebody does.

        A service takes it from a web server too, which stops working when it notices.
        """
        rows = _available_to(role)
        if not rows.exists():  # only reads, as nearly always, and so waits for no writer
            if WorkerLease.objects.exists():
                return None
            WorkerLease.objects.bulk_create(
                [WorkerLease(pk=WorkerLease.KEY)], ignore_conflicts=True
            )
        token = uuid4()
        taken = rows.update(
            token=token,
            role=role,
            host=socket.gethostname(),
            pid=os.getpid(),
            since=Now(),
            expires_at=Now() + FIRST_LIFETIME,
        )
        return cls(token) if taken else None

    def renew(self) -> bool:
        """Prolong the lease; return whether it is still held."""
        lifetime = {"pid": os.getpid(), "expires_at": Now() + LIFETIME}
        return bool(self._rows.update(**lifetime))

    def release(self) -> None:
        """Give the lease up, if it is still held, so that another process need not wait."""
        self._rows.update(token=None, expires_at=None)

    @property
    def _rows(self) -> QuerySet[WorkerLease]:
        return WorkerLease.objects.filter(token=self.token)


def leader() -> WorkerLease | None:
    """Return the lease of the process that leads now; None if none does."""
    return WorkerLease.objects.filter(token__isnull=False, expires_at__gte=Now()).first()


def _available_to(role: Role) -> QuerySet[WorkerLease]:
    is_available = Q(token=None) | Q(expires_at__lt=Now())
    if role == Role.SERVICE:
        is_available |= Q(role=Role.SERVER)
    return WorkerLease.objects.filter(is_available)
