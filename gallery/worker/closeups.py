"""The task that makes the close-ups of pictures that were saved without one."""

from __future__ import annotations

import time

from gallery import verification

PORTION = 8


class MakingCloseups:
    """Makes close-ups from the stored files; an upload or an import has made its own."""

    name = "making close-ups"

    def do_some(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while images := list(verification.without_closeup().order_by("pk")[:PORTION]):
            verification.make_missing(images)
            if time.monotonic() > end:
                return True
        return False

    def remaining(self) -> int:
        return verification.without_closeup().count()
