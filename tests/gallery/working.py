"""The background work, done at once."""

from gallery.worker.tasks import all_tasks

# What one round finds, such as a copy that only keypoints see, is compared in the next one.
ROUNDS = 3


def work() -> None:
    """Let each task of the worker do all that there is to do."""
    tasks = all_tasks()
    for _ in range(ROUNDS):
        for task in tasks:
            task.do_some(60)
