"""The task that compares: it finishes, and keeps its transactions short."""

import time

import pytest
from django.db import connection

from gallery import matching
from gallery.matching import follower
from gallery.models import Image, Match
from gallery.worker import comparing
from gallery.worker.comparing import FEWEST, LOCKED_SECONDS, MOST, Comparing
from tests.gallery.match_rows import add, picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_works_until_nothing_is_left() -> None:
    add(picture(family, variant) for family in range(30) for variant in range(3))
    task = Comparing()
    assert task.remaining() == 90
    while task.do_some(0):
        assert 0 < task.remaining() < 90
    assert (task.remaining(), Match.objects.count()) == (0, 90)
    Image.objects.filter(pk__in=Image.objects.values("pk")[:1]).delete()
    assert task.remaining() == 1
    assert not task.do_some(30)
    assert task.remaining() == 0


def test_a_turn_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    add(picture(1, variant) for variant in range(3))
    step = follower.Step(left=1000, locked_seconds=0.01)
    monkeypatch.setattr(matching, "compare_batch", lambda share: step)
    start = time.monotonic()
    assert Comparing().do_some(0.1)
    assert time.monotonic() - start < 10


def test_transactions_become_as_long_as_others_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    per_picture = 0.0
    shares: list[int] = []

    def compare(share: int) -> follower.Step:
        shares.append(share)
        return follower.Step(left=1, locked_seconds=per_picture * share)

    monkeypatch.setattr(matching, "is_behind", lambda: True)
    monkeypatch.setattr(matching, "compare_batch", compare)
    monkeypatch.setattr(comparing, "PAUSE", 0)
    task = Comparing()
    for per_picture in (0.001, 0.0001, 0.01, 0.1):
        shares.clear()
        task.do_some(0.2)
        assert all(FEWEST <= share <= MOST for share in shares)
        assert shares[-1] * per_picture <= LOCKED_SECONDS or shares[-1] == FEWEST
        assert shares[-1] * per_picture * 4 >= LOCKED_SECONDS or shares[-1] == MOST


def test_an_idle_turn_asks_one_question(django_assert_num_queries: object) -> None:
    follower.finish()
    asked = []
    with connection.execute_wrapper(lambda execute, *rest: (asked.append(1), execute(*rest))[1]):
        assert not Comparing().do_some(1)
    assert len(asked) == 1
