"""The log: every change of a hash, whoever makes it, once it is committed, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations import RemoveField
from django.db.migrations.state import ModelState, ProjectState
from django.test.utils import isolate_apps

from gallery.models import Image
from hashing.changelog import TrackHashChanges, UntrackHashChanges, restore, tracked_fields
from hashing.fields import PerceptualHashField
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


def untrack(model_name: str) -> None:
    state = ProjectState.from_apps(apps)
    with connection.schema_editor() as editor:
        TrackHashChanges(model_name).database_backwards("testapp", editor, state, state)


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """Another connection to the same database."""
    other = connection.copy()
    yield other
    other.close()


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
    assert triggers(Image._meta.db_table) == all_triggers(Image._meta.db_table)
    assert triggers("testapp_plainchild") == triggers("testapp_shelf") == set()


def test_columns_are_tracked_where_they_stand() -> None:
    assert [field.name for field in tracked_fields(Plain)] == ["phash"]
    assert tracked_fields(PlainProxy) == tracked_fields(PlainChild) == []


def test_operation_can_be_reversed() -> None:
    state = ProjectState.from_apps(apps)
    operation = TrackHashChanges("plain")
    for _ in range(2):
        untrack("plain")
        assert triggers() == set()
        before = newest()
        add(1)
        assert logged_since(before) == []
        with connection.schema_editor() as editor:
            operation.database_forwards("testapp", editor, state, state)
        assert triggers() == all_triggers()
        before = newest()
        (row,) = add(2)
        assert logged_since(before) == [row.pk]


def test_hash_field_can_be_removed_after_its_log() -> None:
    whole = ProjectState.from_apps(apps)
    operations = [UntrackHashChanges("twofold"), RemoveField("twofold", "colorhash")]
    states = [whole]
    for operation in operations:
        states.append(states[-1].clone())
        operation.state_forwards("testapp", states[-1])
    steps = list(zip(operations, states, states[1:], strict=False))
    try:
        for operation, before, after in steps:
            with connection.schema_editor() as editor:
                operation.database_forwards("testapp", editor, before, after)
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, "testapp_twofold")
        assert "colorhash" not in {column.name for column in columns}
    finally:
        for operation, before, after in reversed(steps):
            with connection.schema_editor() as editor:
                operation.database_backwards("testapp", editor, after, before)
    assert triggers("testapp_twofold") == all_triggers("testapp_twofold")


def test_operation_leaves_nothing_behind() -> None:
    untrack("plain")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = 'hash_log_testapp_plain'")
            assert cursor.fetchone() == (0,)
    assert triggers() == set()
    restore()


def test_operation_says_what_it_does() -> None:
    operation = TrackHashChanges("Image")
    assert operation.describe() == "Log changes of the perceptual hashes of Image"
    assert operation.migration_name_fragment == "track_image_hashes"


def test_triggers_survive_a_change_of_their_table() -> None:
    old, new = Plain._meta.get_field("name"), models.CharField(max_length=60, blank=True)
    new.set_attributes_from_name("name")
    new.model = Plain
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(Plain, before, after, strict=True)
        call_command("migrate", verbosity=0)
        assert triggers() == all_triggers()


def test_restored_triggers_begin_the_log_anew() -> None:
    three_rows()
    before = newest()
    call_command("migrate", verbosity=0)
    (begin,) = logged_since(before)
    assert begin < 0
    assert HashChange.objects.filter(table_name=TABLE).count() == 1


@isolate_apps("tests.testapp")
def test_long_names_of_tables_have_triggers_of_their_own() -> None:
    def tracked(ending: str) -> type[models.Model]:
        table = "a_table_with_a_name_that_is_as_long_as_postgresql_lets_names_" + ending
        fields: dict[str, Any] = {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "testapp", "db_table": table}),
            "file": models.FileField(),
            "phash": PerceptualHashField(),
        }
        return type(f"Long{ending}", (models.Model,), fields)

    twins = [tracked("a"), tracked("b")]
    state = ProjectState()
    for model in twins:
        state.add_model(ModelState.from_model(model))
    try:
        for model in twins:
            with connection.schema_editor() as editor:
                editor.create_model(model)
                operation = TrackHashChanges(model.__name__)
                operation.database_forwards("testapp", editor, state, state)
        for model in twins:
            before = newest()
            row = model.objects.create(phash=hashed(1))
            assert logged_since(before, model._meta.db_table) == [row.pk]
            assert HashChange.objects.filter(seq__gt=before).count() == 1
    finally:
        for model in twins:
            with connection.schema_editor() as editor:
                TrackHashChanges(model.__name__).database_backwards("testapp", editor, state, state)
                editor.delete_model(model)
