"""
The plug is pulled: a process that reviews is killed at every one of its writes.

What it did has then happened as a whole or not at all, and can be done again.
"""

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction

from gallery import library
from gallery.decisions import reversal
from gallery.files.integrity import row_findings
from gallery.models import Album, Decision, Image, Tag, Verdict
from gallery.review import deciding
from gallery.review.decision_request import DecisionRequest
from gallery.uploads.receiving import receive
from tests.pictures import upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Act = Callable[[], Any]
WRITES = ("INSERT", "UPDATE", "DELETE")
FILE_CHANGES = ("os.remove", "os.rename", "os.mkdir")


def state() -> dict[str, Any]:
    """Return what review changes, but for the moments at which it did."""
    images = Image.objects.values("pk", "title", "description", "visibility", "trashed_at")
    rows = {row.pop("pk"): row for row in images}
    for row in rows.values():
        row["trashed_at"] = row["trashed_at"] is not None
    verdicts = Verdict.objects.values_list("first_digest", "second_digest", "kind", "is_inferred")
    return {
        "images": rows,
        "shelves": {
            (model.__name__, *row)
            for model, name in ((Tag, "tag_id"), (Album, "album_id"))
            for row in model.images.through.objects.values_list("image_id", name)
        },
        "verdicts": sorted(verdicts),
        "decisions": list(Decision.objects.values_list("action", "summary", "undone_by__action")),
    }


class Plug:
    """Kills its process before the write of a given number, commits and file changes included."""

    def __init__(self, number: int) -> None:
        self._left = number

    def hold(self) -> None:
        connection.ensure_connection()
        connection.execute_wrappers.append(self._execute)
        commit = connection._commit
        connection._commit = lambda: (self._count(), commit(), self._count())
        sys.addaudithook(lambda event, _: self._count() if event in FILE_CHANGES else None)

    def _execute(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(WRITES):
            self._count()
        return execute(sql, *rest)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


def is_killed_at(number: int, act: Act) -> bool:
    """Run `act` in a process of its own, and tell whether it lived to that write."""
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which do nothing here
        child = os.fork()
    if not child:
        try:
            Plug(number).hold()
            act()
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.fixture
def pictures(ann: User) -> list[Image]:
    """Three copies of two pictures each, with words, a tag and an album of their own."""
    images = [receive(upload(n, quality=q), ann).image for n in (1, 2) for q in (60, 75, 90)]
    for number, image in enumerate(images):
        image.tags.create(name=f"tag {number}")
        image.albums.create(name=f"album {number}")
        words = {"description": f"Number {number}", "visibility": "private" if number == 1 else ""}
        Image.objects.filter(pk=image.pk).update(**{k: v for k, v in words.items() if v})
    return images


def acts(pictures: list[Image], admin: User) -> dict[str, Callable[[], Act]]:
    """Return by name what prepares each act, and returns it."""
    first = dict(zip([p.pk for p in pictures[:3]], ("keep", "trash", "related"), strict=True))
    second = dict(zip([p.pk for p in pictures[3:]], ("trash", "keep", "trash"), strict=True))

    def resolve() -> Act:
        return lambda: deciding.decide(DecisionRequest(first, admin, merge=True))

    def accept() -> Act:
        return lambda: deciding.accept([first, second], admin, merge=True)

    def undo() -> Act:
        made = accept()().decision
        return lambda: reversal.undo(made.pk, admin)

    def redo() -> Act:
        made = resolve()()
        reversal.undo(made.pk, admin)
        return lambda: reversal.redo(made.pk, admin)

    def restore() -> Act:
        accept()()
        return lambda: library.restore(Image.objects.trashed(), admin)

    def purge() -> Act:
        accept()()
        return lambda: library.purge(Image.objects.trashed())

    return {act.__name__: act for act in (resolve, accept, undo, redo, restore, purge)}


@pytest.fixture(params=["resolve", "accept", "undo", "redo", "restore", "purge"])
def act(request: pytest.FixtureRequest, pictures: list[Image], admin: User) -> Iterator[Act]:
    return acts(pictures, admin)[request.param]()


def test_it_has_happened_as_a_whole_or_not_at_all(act: Act) -> None:
    before = state()
    with transaction.atomic():
        act()
        after = state()
        transaction.set_rollback(True)
    assert after != before
    # It is killed at one write after another, until it lives long enough to commit.
    for number in count():
        assert is_killed_at(number, act)
        if state() != before:
            break
    assert state() == after
    assert number > 3
    # Every row has its file still.
    assert not [finding for portion in row_findings() for finding in portion]
