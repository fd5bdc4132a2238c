"""Burst shots: pictures taken at different moments, shortly after each other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

# Pictures taken at different times but within so many seconds are burst shots, because no hash
# distinguishes a small movement of the camera from a crop. Times further apart prove nothing: a
# scan or a wrong clock gives a copy another date.
BURST_SECONDS = 15 * 60

SECOND = 1_000_000

Mask = npt.NDArray[np.bool_]
# Moments as rows of their two numbers, shape (n, 2).
Moments = npt.NDArray[np.int64]


class Moment(NamedTuple):
    """
    A moment as Unix time, and the step of the clock that recorded it, both in microseconds.

    The step is a second for a time without a fraction, and a tenth for one with a single digit.
    """

    microseconds: int
    precision: int = SECOND

    @classmethod
    def of(cls, time: datetime, precision: int = SECOND) -> Self:
        """Return `time` as a moment."""
        # Floating-point seconds are exact only without their fraction.
        seconds = int(time.replace(microsecond=0).timestamp())
        return cls(seconds * SECOND + time.microsecond, precision)

    def is_burst_with(self, other: Moment) -> bool:
        """Return whether two pictures taken at these moments are burst shots."""
        (is_burst,) = are_burst_shots(moments([self]), moments([other]))
        return bool(is_burst)


# One unknown moment is much further than a burst lasts from any other; two are equal.
UNKNOWN = Moment(-(2**62))


def moments(known: Iterable[Moment | None]) -> Moments:
    """Return moments as an array of shape (n, 2), with `UNKNOWN` for None."""
    return np.array([moment or UNKNOWN for moment in known], dtype=np.int64).reshape(-1, 2)


def are_burst_shots(a: Moments, b: Moments) -> Mask:
    """
    Return whether pictures taken at `a` and `b` are of one burst, shape (n,).

    Moments are compared to the step of the coarser clock: a program that saves a copy may drop
    the fraction of the second, or digits of it, and the copy is no other moment.
    """
    steps = np.maximum(a[:, 1], b[:, 1])
    differ: Mask = a[:, 0] // steps != b[:, 0] // steps
    near: Mask = np.abs(a[:, 0] - b[:, 0]) < BURST_SECONDS * SECOND
    return differ & near
