"""Following the log: what it tells since a cursor, and how it is kept short."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.index import triggers as triggers_module
from hashing.index.change_log import Changes, Cursor, changes_since, note_changes
from hashing.index.log_upkeep import restore
from hashing.index.triggers import install
from hashing.models import HashChange
from tests.hashing.changes import (
    CHANGES,
    TABLE,
    Change,
    add,
    hashed,
    three_rows,
)
from tests.testapp.models import Plain, Twofold

pytestmark = pytest.mark.django_db(transaction=True)


def log_of(model: type[models.Model]) -> list[tuple[int, int]]:
    rows = HashChange.objects.filter(table_name=model._meta.db_table).order_by("seq")
    return list(rows.values_list("seq", "key"))


def begun() -> Cursor:
    cursor = changes_since(Plain, None).cursor
    assert cursor
    return cursor


def keys_of(changes: Changes) -> list[int]:
    assert changes.is_complete
    return changes.keys.tolist()


def test_follower_without_a_cursor_has_to_load_everything() -> None:
    three_rows()
    changes = changes_since(Plain, None)
    assert not changes.is_complete
    assert len(changes.keys) == 0
    assert keys_of(changes_since(Plain, changes.cursor)) == []


@pytest.mark.parametrize("change", CHANGES)
def test_follower_learns_of_every_change_once(change: Change) -> None:
    three_rows()
    cursor = begun()
    keys = sorted(set(change()))
    changes = changes_since(Plain, cursor)
    assert keys_of(changes) == keys
    again = changes_since(Plain, changes.cursor)
    assert keys_of(again) == []
    assert again.cursor == changes.cursor


def test_follower_needs_one_query(django_assert_num_queries: Any) -> None:
    cursor = begun()
    with django_assert_num_queries(1):
        changes_since(Plain, cursor)


def test_follower_learns_of_its_own_changes_inside_its_transaction() -> None:
    three_rows()
    cursor = begun()
    with transaction.atomic():
        Plain.objects.filter(pk=1).delete()
        assert keys_of(changes_since(Plain, cursor)) == [1]
        with transaction.atomic():
            Plain.objects.filter(pk=2).update(phash=None)
            assert keys_of(changes_since(Plain, cursor)) == [1, 2]
            transaction.set_rollback(True)
        assert keys_of(changes_since(Plain, cursor)) == [1]
        transaction.set_rollback(True)
    assert keys_of(changes_since(Plain, cursor)) == []


def test_change_in_another_table_can_be_noted() -> None:
    three_rows()
    cursor = begun()
    note_changes(Plain, [3, 1])
    assert keys_of(changes_since(Plain, cursor)) == [1, 3]
    with transaction.atomic():
        note_changes(Plain, [2])
        assert keys_of(changes_since(Plain, cursor)) == [1, 2, 3]
        transaction.set_rollback(True)
    assert keys_of(changes_since(Plain, cursor)) == [1, 3]
    note_changes(Plain, [])
    assert keys_of(changes_since(Plain, cursor)) == [1, 3]


def test_noted_change_is_numbered_when_it_is_committed(other: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        return  # one writer at a time
    three_rows()
    cursor = begun()
    other.set_autocommit(False)
    with other.cursor() as late:
        late.execute(f"UPDATE {TABLE} SET phash = 7 WHERE id = 1")
    note_changes(Plain, [2])  # nobody waits for whoever has not committed
    changes = changes_since(Plain, cursor)
    assert keys_of(changes) == [2]
    other.commit()
    assert keys_of(changes_since(Plain, changes.cursor)) == [1]


def test_follower_of_a_log_that_was_begun_anew_loads_everything() -> None:
    three_rows()
    cursor = begun()
    with connection.cursor() as executor:
        install(connection, Plain, executor.execute)
    changes = changes_since(Plain, cursor)
    assert not changes.is_complete
    assert changes.cursor != cursor
    add(4)
    assert len(keys_of(changes_since(Plain, changes.cursor))) == 1


def test_table_without_a_log_has_no_cursor() -> None:
    HashChange.objects.filter(table_name=TABLE).delete()
    assert changes_since(Plain, None).cursor is None
    assert not changes_since(Plain, Cursor(-5, 7)).is_complete


@pytest.fixture
def short_log() -> Iterator[None]:
    """The log is trimmed every 8 changes to 20 of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triggers_module, "KEPT", 20)
        patch.setattr(triggers_module, "TRIM_EVERY", 8)
        restore()
        yield
    restore()


def test_long_log_is_trimmed_by_its_writers(short_log: None) -> None:
    three_rows()
    cursors = [begun()]
    for value in range(100):
        add(value)
        cursors.append(begun())
        assert len(log_of(Plain)) <= 30
    assert {cursor.epoch for cursor in cursors} == {cursors[0].epoch}
    known = [changes_since(Plain, cursor) for cursor in cursors]
    complete = [changes.is_complete for changes in known]
    assert complete == sorted(complete)  # the oldest are cut off, nobody else
    assert 20 <= sum(complete) <= 30
    for behind, changes in enumerate(reversed(known)):
        if changes.is_complete:
            assert len(changes.keys) == behind


def test_trimming_leaves_quiet_tables_their_place(short_log: None) -> None:
    Twofold.objects.create()
    quiet = changes_since(Twofold, None).cursor
    for value in range(60):
        add(value)
    assert changes_since(Twofold, quiet).is_complete
    row = Twofold.objects.create(phash=hashed(1))
    assert keys_of(changes_since(Twofold, quiet)) == [row.pk]


def test_log_of_a_large_change_is_trimmed_with_the_next(short_log: None) -> None:
    cursor = begun()
    Plain.objects.bulk_create([Plain(phash=hashed(value)) for value in range(500)])
    add(*range(10))
    assert len(log_of(Plain)) <= 30
    assert not changes_since(Plain, cursor).is_complete


def test_trimming_that_is_rolled_back_is_made_up_for(short_log: None) -> None:
    add(*range(30))
    before = log_of(Plain)
    with transaction.atomic():
        add(*range(40))
        transaction.set_rollback(True)
    assert log_of(Plain) == before
    add(*range(40))
    assert len(log_of(Plain)) <= 30
