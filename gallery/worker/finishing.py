"""All background work done at once, for commands and checks."""

from __future__ import annotations

from collections.abc import Callable

from gallery import matching
from gallery.worker.task import Task
from gallery.worker.tasks import all_tasks

# How often all tasks are gone through before the rest is left to the next run: there is always
# something to compare while others keep changing pictures, and in an open transaction.
ROUNDS = 3
# Seconds of one turn.
TURN_SECONDS = 10.0


def work_off(task: Task) -> None:
    """Give `task` turns until it has nothing more to do."""
    while task.do_some(TURN_SECONDS):
        continue


def finish(work_off: Callable[[Task], None] = work_off) -> None:
    """
    Do all that the worker does in the background; `work_off` finishes one task.

    Copies that only a deeper look finds are compared like new pictures, in another round.
    """
    tasks = all_tasks()
    for _ in range(ROUNDS):
        for task in tasks:
            work_off(task)
        if not matching.is_unsettled():
            break
