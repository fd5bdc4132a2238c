"""The journal: a decision is recorded as a whole, with its pictures, or not at all."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext

from gallery.decisions import journal
from gallery.decisions.change_json import changes_of
from gallery.decisions.changes import ColumnChange
from gallery.models import Decision, DecisionItem, Image, Verdict
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from tests.gallery.match_rows import add, picture
from tests.gallery.review_walks import facts

Action, Effect = Decision.Action, DecisionItem.Effect


class TestRecord:
    def test_carries_out_and_keeps_the_changes(self, admin: User) -> None:
        (image,) = add([picture(1)])
        change = ColumnChange.of(image, "title", "Beach")
        effects = [journal.ItemEffect(image.pk, Effect.CONCERNED, cluster=2)]
        decision = journal.record(Action.SORT, admin, [change], effects, "renamed 1")
        image.refresh_from_db()
        assert image.title == "Beach"
        decision.refresh_from_db()
        assert changes_of(decision) == [change]
        assert (decision.made_by, decision.summary) == (admin, "renamed 1")
        item = decision.pictures.get()
        assert (item.image, item.effect, item.cluster) == (image, "concerned", 2)
        assert LogEntry.objects.get().change_message == "Organised pictures: changed"

    def test_long_summary_is_cut(self, admin: User) -> None:
        assert len(journal.record(Action.SORT, admin, [], [], "x" * 300).summary) == 200


def test_position_is_that_of_the_newest_decision(admin: User) -> None:
    assert journal.position() == 0
    journal.record(Action.SORT, admin, [], [], "nothing")
    newest = journal.record(Action.SORT, admin, [], [], "nothing")
    assert journal.position() == newest.pk


class TestKilledAtEveryWrite:
    """A decision that fails at any of its writes has changed nothing."""

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
            with pytest.raises(Killed), FailingAt(number), transaction.atomic():
                deciding.decide(DecisionRequest(chosen, rae, merge=True))
            assert facts() == before
            assert not Decision.objects.exists()
            assert not Verdict.objects.exists()
        assert deciding.decide(DecisionRequest(chosen, rae, merge=True))


class Killed(Exception):
    """Stands for the end of the process."""


class FailingAt:
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
