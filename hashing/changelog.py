"""
Triggers that log which rows have changed hashes, on SQLite and PostgreSQL.

A trigger sees what signals do not: `update()`, `bulk_create()`, raw SQL, other programs.

On PostgreSQL it is deferred to the commit, and takes a lock that lasts until the commit is done
before it draws `seq`: numbers are then in commit order, and whoever has read up to n has seen
all that is below n. On SQLite there is one writer at a time, so the order is free.
"""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name
from django.db.migrations.operations.base import Operation

from hashing.fields import hash_fields
from hashing.models import HashChange

# The first half of the lock's name; the second is the table's own number.
ADVISORY_LOCK = 0x68617368  # "hash"


class TrackHashChanges(Operation):
    """
    Migration operation: log the changes of the hash fields of a model.

    The migration depends on ("hashing", "0001_initial"):

        operations = [TrackHashChanges("image")]
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            install(schema_editor.connection, model, schema_editor.execute)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in _drop_statements(schema_editor.connection, model):
                schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Log changes of the perceptual hashes of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"track_{self.model_name.lower()}_hashes"


class UntrackHashChanges(TrackHashChanges):
    """
    Migration operation: stop logging; what TrackHashChanges does, the other way round.

    It stands before one that removes or renames a hash field, because SQLite does not let go of
    a column that a trigger names. After the migrations the triggers are made anew for the hash
    fields that are left.

        operations = [UntrackHashChanges("image"), migrations.RemoveField("image", "whash")]
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Stop logging changes of the perceptual hashes of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"untrack_{self.model_name.lower()}_hashes"


def install(
    connection: BaseDatabaseWrapper, model: type[models.Model], execute: Callable[[str], Any]
) -> None:
    """Make the triggers for `model`, replacing older ones, and begin its log."""
    for statement in (
        *_drop_statements(connection, model),
        *_create_statements(connection, model),
        *_begin_statements(connection, model),
    ):
        execute(statement)


def restore(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """
    Make all triggers anew after migrations.

    SQLite changes a table by copying it, and drops the triggers of the old one.
    """
    connection = connections[using]
    if connection.vendor not in _CREATE:
        return
    tables = set(connection.introspection.table_names())
    if HashChange._meta.db_table not in tables:
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for model in apps.get_models():
            if tracked_fields(model) and model._meta.db_table in tables:
                install(connection, model, cursor.execute)


def tracked_fields(model: type[models.Model]) -> list[models.Field]:
    """Return the hash fields whose columns stand in the table of `model` itself."""
    if model._meta.proxy or not model._meta.managed:
        return []
    return [field for field in hash_fields(model) if field in model._meta.local_fields]


def flush_own_changes(connection: BaseDatabaseWrapper, table: str) -> None:
    """Let the open transaction see its own changes in the log, as it sees its own rows."""
    if connection.vendor == "postgresql":
        names = ", ".join(
            connection.ops.quote_name(_trigger(table, event)) for event in ("change", "update")
        )
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE; SET CONSTRAINTS {names} DEFERRED")


def _trigger(table: str, event: str) -> str:
    # What PostgreSQL would cut off, Django shortens to a digest: long names stay distinct.
    return truncate_name(f"hash_{event}_{table}", 63)


def _begin_statements(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[str]:
    # While there were no triggers anything may have changed, so all readers load anew: they
    # miss the newest row they know. And there is always one to hold on to.
    names = _names(connection, model)
    yield "DELETE FROM {log} WHERE table_name = {table_text}".format(**names)
    # No row has this key; it tells this log from one that was there before a database was
    # emptied or put back from a backup, and that counted from 1 as well.
    epoch = -1 - secrets.randbelow(2**53)
    yield f"INSERT INTO {{log}} (table_name, key) VALUES ({{table_text}}, {epoch})".format(**names)


def _drop_statements(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[str]:
    names = _names(connection, model)
    on_table = " ON {table}".format(**names) if connection.vendor == "postgresql" else ""
    for event in ("change", "update", "insert", "delete", "truncate"):
        trigger = connection.ops.quote_name(_trigger(model._meta.db_table, event))
        yield f"DROP TRIGGER IF EXISTS {trigger}{on_table}"
    if connection.vendor == "postgresql":
        yield "DROP FUNCTION IF EXISTS {function}()".format(**names)


def _create_statements(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[str]:
    for template in _CREATE[connection.vendor]:
        yield template.format(**_names(connection, model))


def _names(connection: BaseDatabaseWrapper, model: type[models.Model]) -> dict[str, Any]:
    quote = connection.ops.quote_name
    table = model._meta.db_table
    columns = [quote(field.column) for field in tracked_fields(model)]
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    key = quote(model._meta.pk.column)
    return {
        "log": quote(HashChange._meta.db_table),
        "table": quote(table),
        "table_text": "'" + table.replace("'", "''") + "'",
        "key": key,
        "columns": ", ".join([key, *columns]),
        "changed": " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in (key, *columns)),
        "function": quote(_trigger(table, "log")),
        "lock": ADVISORY_LOCK,
        **{
            event: quote(_trigger(table, event))
            for event in ("change", "update", "insert", "delete", "truncate")
        },
    }


_CREATE = {
    "sqlite": (
        "CREATE TRIGGER {insert} AFTER INSERT ON {table} BEGIN "
        "INSERT INTO {log} (table_name, key) VALUES ({table_text}, NEW.{key}); END",
        "CREATE TRIGGER {delete} AFTER DELETE ON {table} BEGIN "
        "INSERT INTO {log} (table_name, key) VALUES ({table_text}, OLD.{key}); END",
        "CREATE TRIGGER {update} AFTER UPDATE OF {columns} ON {table} WHEN {changed} BEGIN "
        "INSERT INTO {log} (table_name, key) VALUES ({table_text}, OLD.{key}); "
        "INSERT INTO {log} (table_name, key) SELECT {table_text}, NEW.{key} "
        "WHERE NEW.{key} <> OLD.{key}; END",
    ),
    "postgresql": (
        """
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock({lock}, TG_RELID::integer);
            IF TG_OP = 'TRUNCATE' THEN
                -- Readers that miss the row they hold on to load the table anew.
                DELETE FROM {log} WHERE table_name = {table_text};
                INSERT INTO {log} (table_name, key)
                    VALUES ({table_text}, -1 - (random() * 1e15)::bigint);
                RETURN NULL;
            END IF;
            IF TG_OP <> 'INSERT' THEN
                INSERT INTO {log} (table_name, key) VALUES ({table_text}, OLD.{key});
            END IF;
            IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.{key} <> OLD.{key}) THEN
                INSERT INTO {log} (table_name, key) VALUES ({table_text}, NEW.{key});
            END IF;
            RETURN NULL;
        END $$
        """,
        "CREATE CONSTRAINT TRIGGER {change} AFTER INSERT OR DELETE ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}()",
        "CREATE CONSTRAINT TRIGGER {update} AFTER UPDATE OF {columns} ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({changed}) "
        "EXECUTE FUNCTION {function}()",
        "CREATE TRIGGER {truncate} AFTER TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ),
}
