"""The task that seeks the parts that pictures share."""

from __future__ import annotations

import time

from gallery import parts

# Pictures that are looked up at a time.
PORTION = 50


class SeekingParts:
    """Seeks the parts of each new picture among all others."""

    name = "seeking parts"

    def __init__(self) -> None:
        self._memory = parts.KeypointMemory()

    def do_some(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while portion := list(parts.unsought()[:PORTION]):
            for closeup in portion:
                parts.seek(closeup, self._memory)
                if time.monotonic() > end:
                    return True
        return False

    def remaining(self) -> int:
        return parts.unsought().count()
