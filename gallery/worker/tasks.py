"""The tasks of the worker."""

from gallery.worker.closeups import MakingCloseups
from gallery.worker.comparing import Comparing
from gallery.worker.examining import Examining
from gallery.worker.seeking import SeekingParts
from gallery.worker.task import Task
from gallery.worker.verifying import Verifying


def all_tasks() -> list[Task]:
    """Return one of each task, the most urgent first."""
    return [Comparing(), Verifying(), MakingCloseups(), SeekingParts(), Examining()]
