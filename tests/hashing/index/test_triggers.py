"""Triggers log every change of a hash, from any program, and nothing else."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.index.log_upkeep import restore
from hashing.index.triggers import faults, tracked_fields
from hashing.models import HashChange
from tests.hashing.changes import (
    CHANGES,
    TABLE,
    Change,
    add,
    empty_table,
    hashed,
    logged_since,
    newest,
    three_rows,
)
from tests.testapp.models import Plain, PlainChild, PlainProxy, Shelf, Shelved, Twofold

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = {"sqlite": {"insert", "update", "delete"}, "postgresql": {"change", "update", "truncate"}}


def triggers(table: str = TABLE) -> set[str]:
    statements = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid = %s::regclass",
    }
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor], [table])
        return {name for (name,) in cursor.fetchall()}


def all_triggers(table: str = TABLE) -> set[str]:
    return {f"hash_{event}_{table}" for event in EVENTS[connection.vendor]}


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_logged_exactly(change: Change) -> None:
    three_rows()
    before = newest()
    keys = list(change())
    assert sorted(logged_since(before)) == sorted(keys)


@pytest.mark.parametrize("change", CHANGES)
def test_change_that_is_rolled_back_is_not_logged(change: Change) -> None:
    three_rows()
    before = newest()
    with transaction.atomic():
        change()
        transaction.set_rollback(True)
    assert logged_since(before) == []


def test_savepoint_that_is_rolled_back_is_not_logged() -> None:
    before = newest()
    with transaction.atomic():
        (kept,) = add(1)
        with transaction.atomic():
            add(2)
            transaction.set_rollback(True)
    assert logged_since(before) == [kept.pk]


def test_rows_that_go_with_another_are_logged() -> None:
    shelf, stays = Shelf.objects.create(), Shelf.objects.create()
    gone = [Shelved.objects.create(shelf=shelf, phash=hashed(1)) for _ in range(2)]
    Shelved.objects.create(shelf=stays, phash=hashed(1))
    before = newest()
    shelf.delete()
    assert set(logged_since(before, "testapp_shelved")) == {row.pk for row in gone}


def test_every_hash_column_of_a_table_is_watched() -> None:
    row = Twofold.objects.create()
    for column in ("phash", "cover_hash", "colorhash"):
        before = newest()
        Twofold.objects.update(**{column: "0" * (11 if column == "colorhash" else 16)})
        assert logged_since(before, "testapp_twofold") == [row.pk]


def test_emptied_table_makes_readers_load_anew() -> None:
    three_rows()
    before = newest()
    empty_table()
    gone = connection.vendor == "postgresql"
    assert HashChange.objects.filter(table_name=TABLE, seq=before).exists() != gone
    logged = logged_since(before)
    assert (len(logged) == 1 and logged[0] < 0) if gone else logged == [1, 2, 3]


def test_change_is_numbered_when_it_is_committed(other: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        # There is one writer at a time: nobody can commit between another's change and commit.
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    before = newest()
    with transaction.atomic(), other.cursor() as late:
        other.set_autocommit(False)
        late.execute(f"INSERT INTO {TABLE} (id, name, file, phash) VALUES (90, '', '', 1)")
        Plain.objects.create(pk=91, phash=hashed(1))
    assert logged_since(before) == [91]
    other.commit()
    assert logged_since(before) == [91, 90]


def test_tables_without_migrations_are_tracked_too() -> None:
    for table in (TABLE, "testapp_hashfirst", "testapp_based", "testapp_twofold"):
        assert triggers(table) == all_triggers(table)
    assert triggers("testapp_plainchild") == triggers("testapp_shelf") == set()


def test_writer_with_another_search_path_is_logged(other: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        return  # no schemas there
    before = newest()
    with other.cursor() as cursor:
        cursor.execute("SET search_path = ''")
        cursor.execute(f"INSERT INTO public.{TABLE} (id, name, file) VALUES (90, '', '')")
    assert logged_since(before) == [90]


def test_columns_are_tracked_where_they_stand() -> None:
    assert [field.name for field in tracked_fields(Plain)] == ["phash"]
    assert tracked_fields(PlainProxy) == tracked_fields(PlainChild) == []


@pytest.fixture
def watched_names() -> Iterator[None]:
    """The names of Plain are logged too, as if its model said so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plain, "hash_log_also", ("name",), raising=False)
        assert faults(connection, Plain)
        restore()
        yield
    restore()


def test_fields_that_the_model_names_are_logged_too(watched_names: None) -> None:
    three_rows()
    before = newest()
    Plain.objects.filter(pk=2).update(name="another name")
    Plain.objects.filter(pk=3).update(file="another file")
    assert logged_since(before) == [2]
