"""Work in the background: compare new pictures and read their files, in one process at a time."""

from gallery.worker.finishing import finish
from gallery.worker.leading import serve, work_for_server
from gallery.worker.lease import leader
from gallery.worker.server import MODES, start_in_server
from gallery.worker.task import Task
from gallery.worker.tasks import all_tasks

__all__ = [
    "MODES",
    "Task",
    "all_tasks",
    "finish",
    "leader",
    "serve",
    "start_in_server",
    "work_for_server",
]
