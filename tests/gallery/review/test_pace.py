"""The pace of a person, from the moments of what they did."""

from datetime import UTC, datetime, timedelta

import pytest

from gallery.review.pace import Pace, since_break

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def moments(*seconds: float) -> list[datetime]:
    """Return moments so many seconds apart, the newest, at NOW, first."""
    found = [NOW]
    for pause in seconds:
        found.append(found[-1] - timedelta(seconds=pause))
    return found


@pytest.mark.parametrize(
    ("pauses", "a_minute"),
    [
        ((), 0),
        ((5, 5), 0),  # too few to tell
        ((0, 0, 0), 0),
        ((10, 10, 10), 6),
        ((10, 10, 10, 3600), 6),  # a pause is no work
        ((10,) * 50 + (60,) * 20, 6),  # what was long ago does not count
    ],
)
def test_pace(pauses: tuple[float, ...], a_minute: float) -> None:
    assert Pace.of(moments(*pauses)).a_minute == pytest.approx(a_minute)


@pytest.mark.parametrize(
    ("a_minute", "left", "sentence"),
    [
        (0, 100, ""),
        (8, 0, ""),
        (8, 96, "about 12 minutes left at 8 a minute"),
        (8, 5, "less than a minute left at 8 a minute"),
        (8, 8, "about 1 minute left at 8 a minute"),
        (1, 100, "about 2 hours left at 60 an hour"),
        (10, 1_000_000, "about 1,667 hours left at 10 a minute"),
    ],
)
def test_time_left_in_words(a_minute: float, left: int, sentence: str) -> None:
    assert Pace(a_minute).sentence(left) == sentence


def test_long_break_begins_anew() -> None:
    made = moments(60, 60, 1801, 60)
    assert since_break(made, NOW) == made[:3]
    assert since_break(made, NOW + timedelta(minutes=31)) == []
    assert since_break([], NOW) == []
