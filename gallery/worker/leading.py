"""Lead: work in the background for as long as the lease is held."""

from __future__ import annotations

import os
import signal
import sys
from threading import Event, Thread
from uuid import UUID

from gallery.models import WorkerLease
from gallery.worker.heartbeat import Heartbeat
from gallery.worker.lease import Lease
from gallery.worker.rounds import Rounds
from gallery.worker.tasks import all_tasks

# How much a worker beside a web server gives way to the pages, from 0 to 19. Not much, because
# others wait for its transactions on SQLite.
NICENESS = 5
# Seconds between two looks at a lease that another service holds.
INTERVAL = 1.0


def serve() -> None:
    """Work as a service until a signal stops this process; wait while another service leads."""
    stop = _stop_at_signals()
    while not stop.is_set():
        if (lease := Lease.acquire(WorkerLease.Role.SERVICE)) is not None:
            _lead(lease, stop)
        stop.wait(INTERVAL)


def work_for_server(token: UUID) -> None:
    """Work under the lease of the server that started this process, until one of both ends."""
    os.nice(NICENESS)
    stop = _stop_at_signals()
    _stop_with_parent(stop)
    _lead(Lease(token), stop)


def _lead(lease: Lease, stop: Event) -> None:
    """Work until `stop` is set or another process has taken the lease; then give it up."""
    lost = Event()
    try:
        with Heartbeat(lease, lost):
            Rounds(all_tasks()).run(lambda: stop.is_set() or lost.is_set())
    finally:
        lease.release()


def _stop_at_signals() -> Event:
    """Return an event that is set when this process is asked to end."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _stop_with_parent(stop: Event) -> None:
    """Set `stop` when standard input ends, as it does when the process at its other end dies."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        stop.set()

    Thread(target=watch, name="parent watch", daemon=True).start()
