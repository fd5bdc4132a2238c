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
from hashing import triggers as triggers_module
from hashing.changelog import (
    Changes,
    Cursor,
    TrackHashChanges,
    UntrackHashChanges,
    changes_since,
    note_changes,
    restore,
)
from hashing.fields import PerceptualHashField
from hashing.models import HashChange
from hashing.triggers import faults, install, tracked_fields
from tests.hashing.changes import (
    CHANGES,
    TABLE,
    Change,
    add,
    empty_table,
    hashed,
    logged_since,
    newest,
    sql,
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


def log_of(model: type[models.Model]) -> list[tuple[int, int]]:
    rows = HashChange.objects.filter(table_name=model._meta.db_table).order_by("seq")
    return list(rows.values_list("seq", "key"))


def break_log(how: str) -> None:
    """Do to the log of Plain what keeps it from being complete."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    if how == "trigger":
        sql(f"DROP TRIGGER hash_update_{TABLE}{on_table}")
    elif how == "begin":
        HashChange.objects.filter(table_name=TABLE, key__lt=0).delete()
    elif connection.vendor == "postgresql":
        sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER hash_update_{TABLE}")
    else:
        sql(f"DROP TRIGGER hash_update_{TABLE}")
        sql(f"CREATE TRIGGER hash_update_{TABLE} AFTER UPDATE ON {TABLE} BEGIN SELECT 1; END")


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


def test_migrate_goes_on_with_the_log_where_all_is_in_place() -> None:
    three_rows()
    before = log_of(Plain)
    call_command("migrate", verbosity=0)
    assert log_of(Plain) == before


@pytest.mark.parametrize("event", ["trigger", "definition", "begin"])
def test_migrate_begins_the_log_anew_where_something_is_amiss(event: str) -> None:
    three_rows()
    before = log_of(Plain)
    break_log(event)
    assert faults(connection, Plain)
    call_command("migrate", verbosity=0)
    assert faults(connection, Plain) == []
    ((_, begin),) = log_of(Plain)
    assert begin < 0
    assert begin not in {key for _, key in before}


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


def test_fields_that_the_operation_names_are_logged_too() -> None:
    three_rows()
    state = ProjectState.from_apps(apps)
    operation = TrackHashChanges("plain", also=["name"])
    with connection.schema_editor() as editor:
        operation.database_forwards("testapp", editor, state, state)
    before = newest()
    Plain.objects.filter(pk=2).update(name="another name")
    assert logged_since(before) == [2]
    restore()
    before = newest()
    Plain.objects.filter(pk=2).update(name="a third name")
    assert logged_since(before) == []


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
