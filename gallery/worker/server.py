"""
The worker beside a web server: a process of its own, started and stopped by the server.

Not a thread, because comparing keeps the interpreter busy and pages would wait for it. Every
process of the server watches the lease; the one that gets it starts the worker and keeps a pipe to
it open. When the server stops, even by force, the pipe closes and the worker stops too.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from django.db import Error, connection

from gallery.conf import setting
from gallery.models import WorkerLease
from gallery.worker.lease import Lease

logger = logging.getLogger("gallery")

IN_SERVER, OFF = "server", "off"
MODES = (IN_SERVER, OFF)

# Seconds until a process begins. A server that loads the site before it forks its processes does
# so sooner; then only those begin, not the one that forked them.
DELAY = 1.0
# Seconds between two looks at the lease, and to wait if that fails or a worker dies at once.
INTERVAL, REST = 1.0, 15.0
# A worker that lived for so many seconds has not failed to start.
STARTED = 10.0
# Seconds that a worker has to finish its portion of work when the server stops.
GRACE = 3.0


def start_in_server() -> None:
    """Let this process of a web server take part in the background work, unless it is off."""
    if setting("WORKER") == IN_SERVER:
        _server.start()


@dataclass
class _Worker:
    """A running worker and the lease under which it was started."""

    lease: Lease
    process: subprocess.Popen[bytes]
    started_at: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls, lease: Lease) -> _Worker:
        # Nothing but its standard input tells it that the server has gone.
        command = [sys.executable, "-m", "django", "compare", "--skip-checks"]
        process = subprocess.Popen(
            [*command, "--lease", str(lease.token)], stdin=subprocess.PIPE, env=_environment()
        )
        return cls(lease, process)

    def stop(self) -> None:
        """Let it finish its portion of work and give up its lease; then force it."""
        self.disconnect()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def disconnect(self) -> None:
        """Close the pipe, so that the worker stops if no other process holds it open."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()


@dataclass
class _Server:
    """The part that one process of a web server takes in the background work."""

    stopping: Event = field(default_factory=Event)
    has_begun: bool = False
    is_registered: bool = False
    thread: Thread | None = None
    worker: _Worker | None = None

    def start(self) -> None:
        if not self.is_registered:
            os.register_at_fork(after_in_parent=self._has_forked, after_in_child=self._is_forked)
            atexit.register(self.stop)
            self.is_registered = True
        self.stopping, self.has_begun, self.worker = Event(), False, None
        self.thread = Thread(target=self._watch, name="worker watch", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.worker is not None:
            self.worker.stop()

    def _has_forked(self) -> None:
        if not self.has_begun:
            self.stopping.set()  # the processes of the server are those that it forks

    def _is_forked(self) -> None:
        if self.worker is not None:
            self.worker.disconnect()
        if not self.has_begun:
            self.start()

    def _watch(self) -> None:
        if self.stopping.wait(DELAY):
            return
        self.has_begun = True
        pause = 0.0
        while not self.stopping.wait(pause):
            pause = self._look()

    def _look(self) -> float:
        """Start a worker if none leads; return for how many seconds to wait."""
        try:
            if self.worker is None:
                self._start_worker()
            elif self.worker.process.poll() is not None:
                return self._bury_worker()
        except Error:
            # The database is not migrated yet, or is being restarted.
            logger.info("Cannot look at the lease of the worker.", exc_info=True)
            connection.close()
            return REST
        return INTERVAL

    def _start_worker(self) -> None:
        lease = Lease.acquire(WorkerLease.Role.SERVER)
        if lease is not None and not self.stopping.is_set():
            self.worker = _Worker.start(lease)

    def _bury_worker(self) -> float:
        """Give up the lease of a worker that has died; return for how many seconds to wait."""
        worker, self.worker = self.worker, None
        if worker is None or not (code := worker.process.returncode):
            return INTERVAL  # another process has taken the lease
        logger.error("The worker has ended with exit code %s.", code)
        worker.disconnect()
        worker.lease.release()
        return INTERVAL if time.monotonic() - worker.started_at > STARTED else REST


_server = _Server()


def _environment() -> dict[str, str]:
    """Return the environment in which a new process finds the site as this one does."""
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return {
        # One thread of numpy is enough, so that a processor is left for pages.
        **{"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        **os.environ,
        "PYTHONPATH": paths,
    }
