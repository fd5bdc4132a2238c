"""The ledger: whatever is done can be taken back, and nothing is ever half done."""

import os
import random
from itertools import combinations
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext

from gallery import library
from gallery.decisions import reversal
from gallery.models import Album, Decision, Image, Tag, Verdict
from gallery.review import deciding
from gallery.review.decision_request import Choice, DecisionRequest
from gallery.uploads.receiving import receive
from tests.gallery.review_walks import PEOPLE, Walk, facts, small

# A long run: LEDGER_STEPS=10000 pytest tests/gallery/test_ledger.py -k steps
STEPS = int(os.environ.get("LEDGER_STEPS", 300))


@pytest.fixture
def filled(ann: User) -> User:
    User.objects.create_superuser(PEOPLE[0])
    sam = User.objects.create_user(PEOPLE[1], is_staff=True)
    reviewing = ("review_duplicates", "change_image", "purge_trash")
    sam.user_permissions.set(Permission.objects.filter(codename__in=reviewing))
    for number in range(3):
        for quality in (30, 60, 90):
            image = receive(small(number, quality), ann).image
            Image.objects.filter(pk=image.pk).update(
                description=f"Of {quality}" if quality < 90 else "",
                visibility="private" if quality == 60 else "public",
            )
            image.tags.create(name=f"tag {number} {quality}")
            image.albums.create(name=f"album {number} {quality}")
    return ann


@pytest.mark.parametrize("start", range(max(1, STEPS // 100)))
def test_steps_lose_nothing_and_can_all_be_taken_back(filled: User, start: int) -> None:
    walk = Walk(random.Random(start))
    for _ in range(min(STEPS, 100)):
        walk.step()
    walk.take_everything_back()
    walk.check_start()
    walk.check()


def test_older_decision_is_taken_back_from_under_a_later_one(filled: User) -> None:
    rae = User.objects.get(username="rae")
    b, c, a = Image.objects.order_by("pk")[:3]
    before = facts()
    first = deciding.decide(
        DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae, merge=True)
    )
    second = deciding.decide(
        DecisionRequest({a.pk: Choice.KEEP, c.pk: Choice.TRASH}, rae, merge=True)
    )
    step = reversal.undo(first.pk, rae)
    assert step.changed_since == 1  # the description, to which the second has added
    assert not Image.objects.get(pk=b.pk).is_trashed
    assert Image.objects.get(pk=c.pk).is_trashed
    reversal.undo(second.pk, rae)
    assert facts() == before


def test_what_was_changed_by_hand_stays(filled: User) -> None:
    rae = User.objects.get(username="rae")
    a, b = Image.objects.order_by("pk")[1:3]
    decision = deciding.decide(
        DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae, merge=True)
    )
    Tag.objects.filter(images=b).first().images.remove(a)
    Album.objects.filter(images=b).delete()
    step = reversal.undo(decision.pk, rae)
    assert step.changed_since == 2
    assert not Image.objects.trashed().exists()


def test_redo_trashes_nothing_of_which_no_copy_is_left(filled: User) -> None:
    rae = User.objects.get(username="rae")
    a, b = Image.objects.order_by("pk")[:2]
    decision = deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.TRASH}, rae))
    reversal.undo(decision.pk, rae)
    library.trash([a], rae)
    reversal.redo(decision.pk, rae)
    assert list(Image.objects.trashed()) == [a]


def test_next_month_too(filled: User) -> None:
    rae = User.objects.get(username="rae")
    before = facts()
    made = [
        deciding.decide(DecisionRequest({a.pk: Choice.KEEP, b.pk: Choice.RELATED}, rae))
        for a, b in combinations(Image.objects.order_by("pk")[:4], 2)
    ]
    for decision in reversed(made):
        reversal.undo(decision.pk, rae)
    assert facts() == before


class TestKilledAtEveryWrite:
    """A resolve that ends at any of its statements has not happened."""

    def test_all_or_nothing(self, filled: User) -> None:
        rae = User.objects.get(username="rae")
        pictures = list(Image.objects.order_by("pk")[:3])
        chosen = dict(zip([p.pk for p in pictures], ("keep", "trash", "related"), strict=True))
        before = facts()
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            deciding.decide(DecisionRequest(chosen, rae, merge=True))
            after = facts()
            transaction.set_rollback(True)
        writes = sum(_writes(query["sql"]) for query in queries)
        assert writes >= 8
        assert after["images"] != before["images"]
        for number in range(writes):
            with pytest.raises(Killed), failing_at(number), transaction.atomic():
                deciding.decide(DecisionRequest(chosen, rae, merge=True))
            assert facts() == before
            assert not Decision.objects.exists()
            assert not Verdict.objects.exists()
        assert deciding.decide(DecisionRequest(chosen, rae, merge=True))


class Killed(Exception):
    """The plug was pulled."""


class failing_at:
    """Within this block the write of a given number fails."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __enter__(self) -> None:
        self.wrapper = connection.execute_wrapper(self._execute)
        self.wrapper.__enter__()

    def __exit__(self, *exception: Any) -> None:
        self.wrapper.__exit__(*exception)

    def _execute(self, execute: Any, sql: str, *rest: Any) -> CursorWrapper:
        if _writes(sql):
            self.left -= 1
            if self.left < 0:
                raise Killed
        return execute(sql, *rest)


def _writes(sql: str) -> bool:
    return sql.split(None, 1)[0] in ("INSERT", "UPDATE", "DELETE")
