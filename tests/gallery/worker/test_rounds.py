"""Rounds: every task gets its turn, and one that fails does not stop the others."""

import logging

import pytest
from django.db import OperationalError

from gallery.models import TaskReport
from gallery.worker import rounds
from gallery.worker.rounds import Rounds

pytestmark = pytest.mark.django_db(transaction=True)  # a failure closes the connections


class Work:
    """A task with a number of things to do, which notes its turns in `turns`."""

    def __init__(self, name: str, amount: int, turns: list[str]) -> None:
        self.name, self.amount, self.turns = name, amount, turns
        self.error: Exception | None = None
        self.seconds: list[float] = []

    def do_some(self, seconds: float) -> bool:
        self.turns.append(self.name)
        self.seconds.append(seconds)
        if self.error:
            raise self.error
        self.amount = max(0, self.amount - 1)
        return self.amount > 0

    def remaining(self) -> int:
        return self.amount


@pytest.fixture
def turns() -> list[str]:
    return []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only sleeping moves on; its time is its only entry."""
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr(rounds.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(rounds.time, "sleep", sleep)
    return now


def test_every_task_gets_its_turn_in_each_round(turns: list[str], clock: list[float]) -> None:
    tasks = [Work("urgent", 1, turns), Work("long", 100, turns), Work("last", 2, turns)]
    Rounds(tasks).run(lambda: len(turns) >= 9)
    assert turns == ["urgent", "long", "last"] * 3
    # Until something urgent comes up, the first task that is busy has most of the time.
    assert [task.seconds[0] for task in tasks] == [
        *(rounds.LONG_TURN, rounds.LONG_TURN, rounds.SHORT_TURN)
    ]
    assert rounds.LONG_TURN + 4 * rounds.SHORT_TURN < 2


def test_idle_rounds_pause(turns: list[str], clock: list[float]) -> None:
    Rounds([Work("done", 0, turns)]).run(lambda: len(turns) >= 4)
    assert clock[0] >= 1000 + 3 * rounds.IDLE_SECONDS


def test_a_round_ends_at_once_when_it_is_over(turns: list[str], clock: list[float]) -> None:
    tasks = [Work(name, 100, turns) for name in "abc"]
    Rounds(tasks).run(lambda: len(turns) >= 4)
    assert turns == ["a", "b", "c", "a"]


def test_a_failure_is_logged_and_reported_and_the_others_go_on(
    turns: list[str], clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    broken, fine = Work("broken", 5, turns), Work("fine", 5, turns)
    broken.error = ValueError("no such thing")
    Rounds([broken, fine]).run(lambda: fine.amount == 0)
    assert turns.count("fine") == 5
    assert turns.count("broken") == 1  # the clock stood still
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "no such thing" in caplog.text
    assert TaskReport.objects.get(name="broken").error == "no such thing"


def test_a_task_that_keeps_failing_rests_longer_and_longer(
    turns: list[str], clock: list[float]
) -> None:
    broken = Work("broken", 5, turns)
    broken.error = ValueError("still not")
    Rounds([broken]).run(lambda: clock[0] > 4600)
    assert 10 < turns.count("broken") < 25  # in an hour


def test_a_task_that_works_again_is_forgiven(turns: list[str], clock: list[float]) -> None:
    work = Work("work", 2, turns)
    work.error = ValueError("once")
    Rounds([work]).run(lambda: clock[0] > 1000)
    work.error = None
    Rounds([work]).run(lambda: work.amount == 0)
    report = TaskReport.objects.get(name="work")
    assert (report.remaining, report.error) == (0, "")


def test_a_locked_database_is_no_error_at_first(
    turns: list[str], clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    work = Work("work", 5, turns)
    work.error = OperationalError("database is locked")
    Rounds([work]).run(lambda: clock[0] > 1000 + rounds.FIRST_REST)
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.INFO, logging.ERROR]


def test_what_is_left_is_reported_now_and_then_and_at_the_end(
    turns: list[str], clock: list[float], django_assert_num_queries: object
) -> None:
    work = Work("work", 4, turns)
    run = Rounds([work]).run
    run(lambda: len(turns) >= 1)
    assert TaskReport.objects.get(name="work").remaining == 3
    run(lambda: len(turns) >= 2)
    assert TaskReport.objects.get(name="work").remaining == 3  # reported a moment ago
    clock[0] += rounds.REPORT_SECONDS + 1
    run(lambda: len(turns) >= 3)
    assert TaskReport.objects.get(name="work").remaining == 1
    run(lambda: len(turns) >= 4)
    assert TaskReport.objects.get(name="work").remaining == 0
    TaskReport.objects.all().delete()
    run(lambda: len(turns) >= 6)
    assert not TaskReport.objects.exists()  # nothing has changed since
