"""The heartbeat of a leader: a thread that renews its lease while tasks are busy."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Self

from django.db import Error, connection

from gallery.worker.lease import RENEWAL_SECONDS, Lease

logger = logging.getLogger("gallery")


class Heartbeat:
    """Renews `lease` inside its `with` block, and sets `lost` if another process has taken it."""

    def __init__(self, lease: Lease, lost: Event) -> None:
        self._lease, self._lost = lease, lost
        self._over = Event()
        self._thread = Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.is_set() and self._is_held():
                self._over.wait(RENEWAL_SECONDS)
        finally:
            connection.close()

    def _is_held(self) -> bool:
        try:
            is_held = self._lease.renew()
        except Error:
            # The lease may expire, and be renewed afterwards if nobody has taken it.
            logger.warning("Cannot renew the lease of the worker.", exc_info=True)
            connection.close()
            return True
        if not is_held:
            self._lost.set()
        return is_held
