"""Burst shots: pictures taken at different moments, shortly after each other."""

from datetime import UTC, datetime, timedelta

import pytest

from hashing.matching.bursts import BURST_SECONDS, SECOND, Moment, are_burst_shots, moments

NOON = datetime(2024, 6, 1, 12, 0, 32, tzinfo=UTC)
TENTH, HUNDREDTH = SECOND // 10, SECOND // 100


@pytest.mark.parametrize(
    ("seconds", "is_burst"),
    [
        (0, False),  # the same file, edited
        (1, True),
        (BURST_SECONDS - 1, True),
        (BURST_SECONDS, False),  # a scan, a wrong clock, another time zone
    ],
)
def test_pictures_of_a_quarter_of_an_hour_are_burst_shots(seconds: int, is_burst: bool) -> None:
    first, second = Moment.of(NOON), Moment.of(NOON + timedelta(seconds=seconds))
    assert first.is_burst_with(second) is is_burst
    assert second.is_burst_with(first) is is_burst


@pytest.mark.parametrize(
    ("first", "second", "is_burst"),
    [
        ((0, HUNDREDTH), (300, HUNDREDTH), True),
        ((300, TENTH), (300, HUNDREDTH), False),  # the same fraction in other digits
        ((300, TENTH), (340, HUNDREDTH), False),  # the copy has lost a digit
        ((300, TENTH), (400, HUNDREDTH), True),
        ((0, SECOND), (900, HUNDREDTH), False),  # the copy has lost its fraction
        ((0, SECOND), (1000, HUNDREDTH), True),
        ((-200, TENTH), (0, SECOND), True),
    ],
)
def test_moments_are_compared_to_the_step_of_the_coarser_clock(
    first: tuple[int, int], second: tuple[int, int], is_burst: bool
) -> None:
    one, other = (
        Moment.of(NOON + timedelta(milliseconds=milliseconds), precision)
        for milliseconds, precision in (first, second)
    )
    assert one.is_burst_with(other) is is_burst
    assert other.is_burst_with(one) is is_burst


def test_unknown_moments_are_of_no_burst() -> None:
    known, unknown = moments([Moment.of(NOON)]), moments([None])
    assert not are_burst_shots(known, unknown).any()
    assert not are_burst_shots(unknown, unknown).any()
    assert moments([]).shape == (0, 2)


def test_moment_keeps_every_microsecond() -> None:
    time = NOON.replace(year=1850, microsecond=999_999)
    assert Moment.of(time).microseconds - Moment.of(time.replace(microsecond=0)).microseconds == (
        999_999
    )
