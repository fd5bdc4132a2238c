"""The rounds of the worker: in each, every task gets a turn."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import Error, OperationalError, connections

from gallery.models import TaskReport
from gallery.worker.task import Task

logger = logging.getLogger("gallery")

# Seconds of the turn of the first task that is busy, and of the others after it. With a handful of
# tasks a round takes less than two seconds, so that whatever comes up while another task has a
# long backlog is begun within that time.
LONG_TURN, SHORT_TURN = 0.8, 0.2
# Seconds until the worker looks for work again when there was none.
IDLE_SECONDS = 0.5
# Seconds that a task rests after a failure; twice as many after each further one.
FIRST_REST, LONGEST_REST = 1.0, 300.0
# Seconds between two reports of a task that is busy.
REPORT_SECONDS = 2.0


class Rounds:
    """Gives turns to `tasks`, in this order, until told to stop."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._turns = [Turns(task) for task in tasks]

    def run(self, is_over: Callable[[], bool]) -> None:
        """Work until `is_over` returns true; it is asked after each turn."""
        while not is_over():
            if not self._round(is_over):
                time.sleep(IDLE_SECONDS)

    def _round(self, is_over: Callable[[], bool]) -> bool:
        """Give every task a turn; return whether any has more to do."""
        is_busy = False
        for turns in self._turns:
            if is_over():
                break
            is_busy |= turns.take(SHORT_TURN if is_busy else LONG_TURN)
        return is_busy


@dataclass
class Turns:
    """
    The turns of one task.

    A task that fails rests for a while, and the others go on. What it has left is reported in
    the database, where pages and other processes read it.
    """

    task: Task
    _rest: float = 0.0
    _rests_until: float = 0.0
    _remaining: int = 0
    _is_settled: bool = False
    """Whether the last report still holds: the task was idle then, and has been since."""
    _reports_at: float = 0.0

    def take(self, seconds: float) -> bool:
        """Let the task work for so many seconds; return whether it has more to do now."""
        if time.monotonic() < self._rests_until:
            return False
        try:
            is_busy = self.task.do_some(seconds)
            self._report(is_busy)
        except Exception as error:  # noqa: BLE001 (whatever it is, the other tasks go on)
            self._fail(error)
            return False
        self._rest = 0.0
        return is_busy

    def _fail(self, error: Exception) -> None:
        self._rest = min(LONGEST_REST, 2 * self._rest or FIRST_REST)
        self._rests_until = time.monotonic() + self._rest
        if isinstance(error, OperationalError) and self._rest == FIRST_REST:
            # Another writer was faster, or the database is being restarted; both pass.
            logger.info("The worker waits before it goes on %s: %s", self.task.name, error)
        else:
            logger.error("The worker failed at %s.", self.task.name, exc_info=error)
        self._report_failure(error)

    def _report_failure(self, error: Exception) -> None:
        try:
            if isinstance(error, Error):
                connections.close_all()  # a broken connection is not used again
            self._store(str(error) or repr(error))
        except Error:
            logger.info("Cannot report the failure.", exc_info=True)
            connections.close_all()

    def _report(self, is_busy: bool) -> None:
        """Store what is left: now and then while the task is busy, and when it becomes idle."""
        if time.monotonic() > self._reports_at if is_busy else not self._is_settled:
            self._remaining = self.task.remaining()
            self._store("")
        self._is_settled = not is_busy

    def _store(self, error: str) -> None:
        self._reports_at = time.monotonic() + REPORT_SECONDS
        self._is_settled = False
        values = {"remaining": self._remaining, "error": error}
        TaskReport.objects.update_or_create(name=self.task.name, defaults=values)
