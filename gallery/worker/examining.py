"""The task that reads the files of copies, to suggest which one to keep."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

from gallery import suggestions

# Clusters that are looked up at a time, and seconds after which all are looked through again: a
# file that the storage did not return then is perhaps there now.
PORTION, RETRY_SECONDS = 500, 3600.0


class Examining:
    """Examines the copies in each new cluster, a file or a pair of files at a time."""

    name = "reading files"

    def __init__(self) -> None:
        self._clusters = deque[int]()
        self._steps: Iterator[None] = iter(())
        self._newest = 0
        self._starts_over_at = time.monotonic() + RETRY_SECONDS

    def do_some(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self._step():
            if time.monotonic() > end:
                return True
        return False

    def remaining(self) -> int:
        return suggestions.unexamined_clusters().count()

    def _step(self) -> bool:
        """Take the next step; return whether there was one."""
        for _ in self._steps:
            return True
        if not self._clusters:
            self._look_up()
        if not self._clusters:
            return False
        self._steps = suggestions.examine_cluster(self._clusters.popleft())
        return True

    def _look_up(self) -> None:
        """Find clusters that are new since the last look."""
        if time.monotonic() > self._starts_over_at:
            self._newest, self._starts_over_at = 0, time.monotonic() + RETRY_SECONDS
        keys = suggestions.unexamined_clusters(self._newest)[:PORTION]
        self._clusters.extend(keys)
        self._newest = max(self._clusters, default=self._newest)
