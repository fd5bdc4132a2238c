"""How long a page waits for another writer to SQLite."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from gallery.matching.sqlite_patience import BRIEFLY, brief_wait
from gallery.models import LogPosition, PendingMatch

pytestmark = pytest.mark.django_db(transaction=True)

# Other databases lock rows, so no writer waits for another one here.
IS_SQLITE = connection.vendor == "sqlite"


def patience() -> int | None:
    """Return how many milliseconds this connection waits for a lock, where it can be set."""
    if not IS_SQLITE:
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return cursor.fetchone()[0]


@pytest.fixture
def another_writer() -> Iterator[None]:
    """Let another connection hold the lock for writing."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            LogPosition.objects.create(seq=1)
            held.set()
            enough.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(30)
    yield
    enough.set()
    other.join()


def test_a_block_that_would_wait_long_is_given_up(another_writer: None) -> None:
    usual, begun = patience(), time.monotonic()
    is_done = False
    with brief_wait(), transaction.atomic():
        PendingMatch.objects.create(key=1)
        is_done = True
    assert is_done is not IS_SQLITE
    assert PendingMatch.objects.exists() is not IS_SQLITE
    assert patience() == usual
    if usual is not None:
        assert BRIEFLY / 1000 <= time.monotonic() - begun < usual / 1000 / 2


def test_without_another_writer_it_is_done() -> None:
    usual = patience()
    with brief_wait():
        assert patience() == (BRIEFLY if IS_SQLITE else None)
        PendingMatch.objects.create(key=1)
    assert patience() == usual
    assert PendingMatch.objects.exists()


def test_other_errors_are_raised_and_the_usual_patience_comes_back() -> None:
    usual = patience()
    with pytest.raises(DatabaseError), brief_wait():
        connection.cursor().execute("SELECT * FROM nowhere")
    with pytest.raises(IntegrityError), brief_wait():
        PendingMatch.objects.bulk_create([PendingMatch(key=1), PendingMatch(key=1)])
    assert patience() == usual


def test_inside_a_transaction_nothing_changes() -> None:
    usual = patience()
    with transaction.atomic(), brief_wait():
        assert patience() == usual
