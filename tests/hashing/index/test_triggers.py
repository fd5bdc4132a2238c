"""The triggers: every change of a hash is logged, whoever makes it, and nothing else."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations import AlterField, RemoveField, RenameField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from gallery.models import Image
from hashing.index.change_log import restore
from hashing.index.introspection import column_names
from hashing.index.triggers import faults, tracked_fields
from hashing.models import HashChange
from hashing.operations import TrackHashChanges, UntrackHashChanges
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


@pytest.mark.parametrize(
    ("operation", "columns"),
    [
        (RemoveField("twofold", "colorhash"), set()),
        (RenameField("twofold", "colorhash", "colours"), {"colours"}),
        (AlterField("twofold", "colorhash", models.CharField(max_length=9)), {"colorhash"}),
    ],
    ids=["removed", "renamed", "of another type"],
)
def test_hash_field_can_be_changed_after_its_log(operation: Operation, columns: set[str]) -> None:
    whole = ProjectState.from_apps(apps)
    operations = [UntrackHashChanges("twofold"), operation]
    states = [whole]
    for each in operations:
        states.append(states[-1].clone())
        each.state_forwards("testapp", states[-1])
    steps = list(zip(operations, states, states[1:], strict=False))
    try:
        for each, before, after in steps:
            with connection.schema_editor() as editor:
                each.database_forwards("testapp", editor, before, after)
        found = column_names(connection, "testapp_twofold")
        assert found & {"colorhash", "colours"} == columns
    finally:
        for each, before, after in reversed(steps):
            with connection.schema_editor() as editor:
                each.database_backwards("testapp", editor, after, before)
    assert triggers("testapp_twofold") == all_triggers("testapp_twofold")


def test_operation_may_come_after_changes_in_its_own_transaction() -> None:
    state = ProjectState.from_apps(apps)
    three_rows()
    before = newest()
    with connection.schema_editor() as editor:
        Plain.objects.filter(pk=2).update(phash=hashed(9))
        TrackHashChanges("twofold").database_forwards("testapp", editor, state, state)
        Plain.objects.filter(pk=3).update(phash=hashed(9))
    assert logged_since(before) == [2, 3]
    assert not HashChange.objects.filter(seq__lt=0).exists()


def test_operation_says_that_there_is_no_log() -> None:
    state = ProjectState.from_apps(apps)
    sql("ALTER TABLE hashing_hashchange RENAME TO elsewhere")
    try:
        with (
            pytest.raises(CommandError, match="has no table 'hashing_hashchange' to log"),
            connection.schema_editor() as editor,
        ):
            TrackHashChanges("plain").database_forwards("testapp", editor, state, state)
    finally:
        sql("ALTER TABLE elsewhere RENAME TO hashing_hashchange")
        restore()


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
