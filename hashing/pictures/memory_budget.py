"""Decoding side by side, as long as the memory for it is there."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from hashing.exceptions import Refusal


class MemoryBudget:
    """
    Bytes that the decodes of this process may take together.

    Counting decodes would not do: one large picture takes as much as a hundred small ones. Whoever
    does not fit waits for a turn, in the order of coming, so that small ones never starve a
    large one. What is larger than the whole budget runs alone.

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
        self.patience = patience
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def reserve(self, amount: int) -> Iterator[None]:
        """Hold `amount` bytes; raises Refusal if there is no room within `patience` seconds."""
        amount = min(amount, self.limit)
        self._take(amount)
        try:
            yield
        finally:
            with self._changed:
                self.free += amount
                self._changed.notify_all()

    def _take(self, amount: int) -> None:
        turn = object()
        deadline = time.monotonic() + self.patience
        with self._changed:
            self._queue.append(turn)
            try:
                while self._queue[0] is not turn or self.free < amount:
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise Refusal("busy", "Too many large pictures are being looked at right "
                                      "now. Wait a minute and try again.")  # fmt: skip
                self.free -= amount
            finally:
                self._queue.remove(turn)
                self._changed.notify_all()
