"""The pace of a reviewer, from the times of their decisions; pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

# A pause this long starts a new session.
BREAK = timedelta(minutes=30)
# Longer pauses do not count as work.
IDLE = timedelta(minutes=2)
# The pace is measured over at most, and at least, so many pauses.
MOST_STEPS, LEAST_STEPS = 50, 3


@dataclass(frozen=True)
class Pace:
    """Clusters a minute, without pauses; 0 if that is not known yet."""

    a_minute: float = 0.0

    @classmethod
    def of(cls, moments: Sequence[datetime]) -> Pace:
        """Return the pace of decisions made at `moments`, newest first."""
        pauses = [later - earlier for later, earlier in pairwise(moments)]
        worked = [pause for pause in pauses if pause <= IDLE][:MOST_STEPS]
        minutes = sum(worked, timedelta()) / timedelta(minutes=1)
        return cls(len(worked) / minutes) if len(worked) >= LEAST_STEPS and minutes else cls()

    def sentence(self, left: int, has_more: bool = False) -> str:
        """
        Return how long `left` clusters will take: "about 12 minutes left at 8 a minute".

        With `has_more` there are more than `left`, which take "more than 12 minutes".
        """
        if not (self.a_minute and left):
            return ""
        duration = _duration(left / self.a_minute)
        duration = duration.replace("about", "more than") if has_more else duration
        return f"{duration} left at {_frequency(self.a_minute)}"


def since_break(moments: Sequence[datetime], now: datetime) -> Sequence[datetime]:
    """Return the `moments`, newest first, since the last long break before `now`."""
    before = now
    for number, moment in enumerate(moments):
        if before - moment > BREAK:
            return moments[:number]
        before = moment
    return moments


def _duration(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return _about(minutes, "minute")
    return _about(minutes / 60, "hour")


def _about(number: float, unit: str) -> str:
    rounded = round(number)
    return f"about {rounded:,} {unit}{'' if rounded == 1 else 's'}"


def _frequency(a_minute: float) -> str:
    return f"{round(a_minute)} a minute" if a_minute >= 1.5 else f"{round(60 * a_minute)} an hour"
