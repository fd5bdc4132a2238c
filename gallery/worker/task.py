"""What the worker does: tasks, each of which works through a backlog in small portions."""

from typing import Protocol


class Task(Protocol):
    """
    One kind of background work.

    A task keeps its backlog in the database, or finds it there, so that any process can go on
    with it. It may be interrupted after every portion, and must bear to do the same work twice.
    """

    @property
    def name(self) -> str:
        """A noun for the status page, and the key of its report."""
        ...

    def do_some(self, seconds: float) -> bool:
        """Work for about `seconds`; return whether work remains that can be done now."""
        ...

    def remaining(self) -> int:
        """Return how many pieces of work are left."""
        ...
