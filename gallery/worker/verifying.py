"""The task that looks at the pictures of matches, and says what they are to each other."""

from __future__ import annotations

import time

from gallery import matching

# Matches that are stored in one transaction, and seconds between two transactions.
PORTION, PAUSE = 8, 0.01


class Verifying:
    """Verifies the matches that hashes have found, the nearest first."""

    name = "looking at matches"

    def do_some(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while portion := list(matching.unverified()[:PORTION]):
            matching.verify(portion)
            if time.monotonic() > end:
                return True
            time.sleep(PAUSE)
        return False

    def remaining(self) -> int:
        return matching.unverified().count()
