"""The task that compares new and changed pictures, and keeps matches and clusters up to date."""

from __future__ import annotations

import time

from gallery import matching

# Seconds for which one transaction may keep other writers waiting on SQLite.
LOCKED_SECONDS = 0.04
# Pictures compared in one transaction; fewer would not make it much shorter.
FEWEST, MOST = 8, matching.BATCH
# Seconds between two transactions, in which waiting writers get their turn.
PAUSE = 0.01


class Comparing:
    """Follows the change log; the size of its transactions adapts to the gallery and machine."""

    name = "comparing pictures"

    def __init__(self) -> None:
        self._share = FEWEST

    def do_some(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while matching.is_behind():
            step = matching.compare_batch(self._share)
            self._adapt(step.locked_seconds)
            if not step.left:
                break  # further changes are the next turn's
            if time.monotonic() > end:
                return True
            time.sleep(PAUSE)
        return False

    def remaining(self) -> int:
        return matching.count_waiting()

    def _adapt(self, locked_seconds: float) -> None:
        """Compare more pictures at a time if others hardly waited, and fewer if they did."""
        if locked_seconds > LOCKED_SECONDS:
            self._share = max(FEWEST, self._share * 2 // 3)
        elif 0 < locked_seconds < LOCKED_SECONDS / 2:
            self._share = min(MOST, self._share + 1 + self._share // 4)
