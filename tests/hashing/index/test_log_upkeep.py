"""Before and after migrations: no trigger is in their way, and no change goes unnoticed."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from hashing.fields import PerceptualHashField
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.change_log import changes_since
from hashing.index.introspection import column_names
from hashing.index.log_upkeep import release, restore, tracked_models
from hashing.index.process_index import LiveIndex
from hashing.index.triggers import faults, uninstall_statements, watched_columns
from hashing.models import HashChange
from tests.hashing.changes import TABLE, add, hashed, logged_since, newest, sql, three_rows
from tests.testapp.models import Plain, Shelved, Twofold

pytestmark = pytest.mark.django_db(transaction=True)

OTHER_TYPE = models.CharField(max_length=9, null=True)
OTHER_ALGORITHM = PerceptualHashField(source="file", algorithm="dhash", version=1)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    restore()


def plan(*changes: Operation, backwards: bool = False) -> list[tuple[Migration, bool]]:
    migration = Migration("0009_later", "testapp")
    migration.operations = list(changes)
    return [(migration, backwards)]


def state() -> ProjectState:
    return ProjectState.from_apps(apps)


def log_of(model: type[models.Model]) -> list[tuple[int, int]]:
    rows = HashChange.objects.filter(table_name=model._meta.db_table).order_by("seq")
    return list(rows.values_list("seq", "key"))


def release_for(*changes: Operation, backwards: bool = False) -> None:
    release("default", plan(*changes, backwards=backwards), state().apps)


@pytest.mark.parametrize(
    ("operation", "columns"),
    [
        (operations.RemoveField("twofold", "colorhash"), set()),
        (operations.RenameField("twofold", "colorhash", "colours"), {"colours"}),
        (operations.AlterField("twofold", "colorhash", OTHER_TYPE), {"colorhash"}),
        (operations.AlterField("twofold", "colorhash", OTHER_ALGORITHM), {"colorhash"}),
    ],
    ids=["removed", "renamed", "of another type", "of another algorithm"],
)
def test_hash_field_can_be_changed_by_what_django_writes(
    operation: Operation, columns: set[str]
) -> None:
    before, after = state(), state()
    operation.state_forwards("testapp", after)
    release_for(operation)
    with connection.schema_editor() as editor:
        operation.database_forwards("testapp", editor, before, after)
    assert column_names(connection, "testapp_twofold") & {"colorhash", "colours"} == columns
    restore()
    if "colorhash" not in columns:
        assert "colorhash" not in watched_columns(connection, Twofold)
    assert watched_columns(connection, Twofold) >= {"phash", "cover_hash"}
    release("default", plan(operation, backwards=True), after.apps)
    with connection.schema_editor() as editor:
        operation.database_backwards("testapp", editor, after, before)
    restore()
    assert watched_columns(connection, Twofold) == {"id", "phash", "colorhash", "cover_hash"}
    assert faults(connection, Twofold) == []


@pytest.mark.parametrize(
    "algorithms", [("matched", "phash", "dct256"), ("matched", "dct256", "phash")]
)
def test_algorithm_whose_hashes_are_of_another_type_is_refused(
    algorithms: tuple[str, str, str],
) -> None:
    model, name, algorithm = algorithms
    change = operations.AlterField(model, name, PerceptualHashField(algorithm=algorithm))
    with pytest.raises(CommandError, match=rf"gives testapp\.matched\.{name} an algorithm"):
        release_for(change)
    assert faults(connection, Plain) == []
    release_for(change, backwards=True)


def test_nothing_is_missed_while_there_are_no_triggers(live_index: LiveIndex) -> None:
    three_rows()
    live_index.current()
    release_for(operations.RemoveField("plain", "phash"))
    assert not watched_columns(connection, Plain)
    assert log_of(Plain) == []
    Plain.objects.filter(pk=2).update(phash=hashed(77))
    for _ in range(2):
        assert live_index.current().within(77, 0)[0].tolist() == [2]
    restore()
    assert live_index.current().within(77, 0)[0].tolist() == [2]
    before = newest()
    add(5)
    assert len(logged_since(before)) == 1


@pytest.mark.parametrize(
    "operation",
    [
        operations.AlterField("plain", "name", models.CharField(max_length=60)),
        operations.AddField("plain", "more", models.IntegerField(null=True)),
        operations.RemoveField("twofold", "colorhash"),
        operations.RunSQL("SELECT 1"),
        operations.CreateModel("Fresh", [("id", models.AutoField(primary_key=True))]),
        operations.RenameModel("Shelf", "Rack"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_log_of_a_table_goes_on_if_no_migration_is_about_its_hashes(operation: Operation) -> None:
    three_rows()
    before = log_of(Plain)
    release_for(operation)
    assert log_of(Plain) == before
    assert faults(connection, Plain) == []


@pytest.mark.parametrize(
    "operation",
    [
        operations.RenameModel("Plain", "Simple"),
        operations.AlterModelTable("plain", "simple"),
        operations.AlterField("plain", "id", models.AutoField(primary_key=True)),
        operations.SeparateDatabaseAndState([operations.RemoveField("plain", "phash")]),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_triggers_are_released_for_whatever_changes_what_they_name(operation: Operation) -> None:
    release_for(operation)
    assert not watched_columns(connection, Plain)
    assert watched_columns(connection, Twofold)


def test_renamed_things_have_their_new_names_on_the_way_back() -> None:
    release_for(operations.RenameModel("Simple", "Plain"), backwards=True)
    release_for(operations.RenameField("twofold", "colours", "colorhash"), backwards=True)
    assert not watched_columns(connection, Plain)
    assert not watched_columns(connection, Twofold)


def test_field_that_a_logged_foreign_key_refers_to_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelved, "hash_log_also", ("shelf",), raising=False)
    restore()
    assert "shelf_id" in watched_columns(connection, Shelved)
    release_for(operations.AlterField("shelf", "id", models.AutoField(primary_key=True)))
    assert not watched_columns(connection, Shelved)
    monkeypatch.undo()


def test_migration_of_the_log_itself_releases_every_table() -> None:
    migration = Migration("0009_later", "hashing")
    migration.operations = []
    release("default", [(migration, False)], state().apps)
    assert not any(watched_columns(connection, model) for model in tracked_models())


def test_database_without_a_log_is_left_alone() -> None:
    sql("ALTER TABLE hashing_hashchange RENAME TO elsewhere")
    try:
        release_for(operations.RemoveField("plain", "phash"))
        restore()
        assert tracked_models() == []
    finally:
        sql("ALTER TABLE elsewhere RENAME TO hashing_hashchange")


def test_triggers_can_be_made_among_other_changes_of_a_transaction() -> None:
    three_rows()
    before = newest()
    with connection.schema_editor() as editor:
        Plain.objects.filter(pk=2).update(phash=hashed(9))
        for statement in uninstall_statements(connection, Twofold):
            editor.execute(statement)
        restore()
        Plain.objects.filter(pk=3).update(phash=hashed(9))
    assert logged_since(before) == [2, 3]
    assert not HashChange.objects.filter(seq__lt=0).exists()


def test_triggers_survive_a_change_of_their_table() -> None:
    old, new = Plain._meta.get_field("name"), models.CharField(max_length=60, blank=True)
    new.set_attributes_from_name("name")
    new.model = Plain
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(Plain, before, after, strict=True)
        call_command("migrate", verbosity=0)
        assert faults(connection, Plain) == []


def test_migrate_goes_on_with_the_log_where_all_is_in_place() -> None:
    three_rows()
    before = log_of(Plain)
    call_command("migrate", verbosity=0)
    assert log_of(Plain) == before


@pytest.mark.parametrize("event", ["trigger", "definition", "begin"])
def test_migrate_begins_a_new_log_where_something_is_amiss(event: str) -> None:
    three_rows()
    before = log_of(Plain)
    break_log(event)
    assert faults(connection, Plain)
    call_command("migrate", verbosity=0)
    assert faults(connection, Plain) == []
    ((_, begin),) = log_of(Plain)
    assert begin < 0
    assert begin not in {key for _, key in before}


def break_log(how: str) -> None:
    """Do to the log of Plain what keeps it from being complete."""
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    if how == "begin":
        HashChange.objects.filter(table_name=TABLE, key__lt=0).delete()
    elif how == "definition" and connection.vendor == "postgresql":
        sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER hash_update_{TABLE}")
    else:
        sql(f"DROP TRIGGER hash_update_{TABLE}{on_table}")
    if how == "definition" and connection.vendor == "sqlite":
        sql(f"CREATE TRIGGER hash_update_{TABLE} AFTER UPDATE ON {TABLE} BEGIN SELECT 1; END")


def test_tables_of_the_site_are_tracked() -> None:
    assert {Plain, Twofold, Shelved} <= set(tracked_models())
    Plain.objects.create(phash=PerceptualHash(1))
    assert not changes_since(Plain, None).is_complete
