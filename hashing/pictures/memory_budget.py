"""Decoding in several threads, within a limit of memory."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from hashing.pictures.refusals import busy


class MemoryBudget:
    """
    The memory, in bytes, that all decodes of this process may take together.

    Limiting the number of decodes would not do: one large picture takes as much memory as a
    hundred small ones. Threads that have to wait are served in order of arrival, so that small
    pictures never starve a large one. A picture larger than the whole budget is decoded alone.

    >>> budget = MemoryBudget(100)
    >>> with budget.reserve(60), budget.reserve(40):
    ...     budget.free
    0
    >>> budget.free
    100
    """

    def __init__(self, limit: int, patience: float = 30.0) -> None:
        self.limit = limit
        self.free = limit
        self.patience = patience  # seconds
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def reserve(self, amount: int) -> Iterator[None]:
        """Hold `amount` bytes; raises Refusal if they are not free within `patience` seconds."""
        amount = min(amount, self.limit)
        self._take(amount)
        try:
            yield
        finally:
            with self._changed:
                self.free += amount
                self._changed.notify_all()

    def _take(self, amount: int) -> None:
        ticket = object()
        deadline = time.monotonic() + self.patience
        with self._changed:
            self._queue.append(ticket)
            try:
                while self._queue[0] is not ticket or self.free < amount:
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise busy()
                self.free -= amount
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()
