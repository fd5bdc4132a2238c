"""
The triggers that write the log of changes: how they are made, and whether they are in place.

On SQLite there is one writer at a time, so a change gets its number when it is made. On
PostgreSQL others may commit in between: there a change gets a number below 0, which nobody else
can see. At the commit, after all deferred checks, a trigger takes a lock that lasts until the
commit is done and draws the number that stays. Numbers are then in the order of the commits, and
whoever has read up to n has seen all that is below n; and no lock is held before the commit.

Every `TRIM_EVERY` changes the writer also deletes what is older than `KEPT` numbers. The newest
row that goes, of each table, takes the place of the row that its log began with: a reader that is
not older than that row has missed nothing.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name

from hashing.fields import hash_fields
from hashing.index.introspection import bare_name, column_names
from hashing.models import HashChange

# Who is further behind loads everything, which is quicker than to follow so many changes.
KEPT = 100_000
TRIM_EVERY = 1024  # a power of 2; a percent sign means something else to some cursors

# One lock for all tables: whoever changes several cannot meet another who has them in turn.
ADVISORY_LOCK = 0x68617368  # "hash"

LOG = HashChange._meta.db_table
PENDING = f"{LOG}_pending"  # the sequence, on PostgreSQL, of numbers until the commit
SUPPORTED = ("sqlite", "postgresql")
EVENTS = ("change", "update", "insert", "delete", "truncate")


def tracked_fields(model: type[models.Model]) -> list[models.Field]:
    """Return the hash fields whose columns stand in the table of `model` itself."""
    if model._meta.proxy or not model._meta.managed:
        return []
    return [field for field in hash_fields(model) if field in model._meta.local_fields]


def install(
    connection: BaseDatabaseWrapper,
    model: type[models.Model],
    execute: Callable[[str], Any],
    also: Iterable[str] | None = None,
) -> None:
    """
    Make the triggers for `model`, replacing older ones, and begin its log anew.

    They watch its hash fields and the fields named in `also`; without it those named in its
    `hash_log_also`, and of all of them the ones whose columns are there.
    """
    names = _names(connection, model, _watched_fields(connection, model, also))
    for statement in (
        *uninstall_statements(connection, model),
        *_create_statements(connection, names),
        *_begin_statements(connection, names),
    ):
        execute(statement)


def uninstall_statements(
    connection: BaseDatabaseWrapper, model: type[models.Model]
) -> Iterator[str]:
    """Yield what takes the triggers of `model` away; those of the log stay."""
    names = _names(connection, model, ())
    on_table = " ON {table}".format(**names) if connection.vendor == "postgresql" else ""
    # What a table was given under another name goes with it when it is renamed.
    known = {trigger_name(model._meta.db_table, event) for event in EVENTS}
    for name in sorted(known | _strangers(connection, model)):
        yield f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(name)}{on_table}"
    if connection.vendor == "postgresql":
        # A table that had this name may still have triggers that call it.
        yield "DROP FUNCTION IF EXISTS {function}() CASCADE".format(**names)


def faults(connection: BaseDatabaseWrapper, model: type[models.Model]) -> list[str]:
    """Return in sentences what keeps changes of `model` out of its log; nothing if all is well."""
    found = _FOUND[connection.vendor](connection, model)
    names = _names(connection, model, _watched_fields(connection, model))
    told = [
        f"The trigger {name!r} is of another table's log."
        for name in sorted(_strangers(connection, model))
    ]
    for name, definition in _expected(connection, names).items():
        if name not in found:
            told.append(f"The trigger {name!r} is missing.")
        elif found[name] != definition:
            told.append(f"The trigger {name!r} is not as it should be, or is switched off.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key FROM {LOG} WHERE table_name = %s AND seq > 0 ORDER BY seq LIMIT 1",
            [model._meta.db_table],
        )
        first = cursor.fetchone()
    if first is None or first[0] >= 0:
        told.append(f"The log of {model._meta.db_table!r} has lost the row that it began with.")
    return told


def watched_columns(connection: BaseDatabaseWrapper, model: type[models.Model]) -> set[str]:
    """Return the columns of the table of `model` that its triggers name; none without triggers."""
    return _WATCHED[connection.vendor](connection, model)


def trigger_name(table: str, event: str) -> str:
    # What PostgreSQL would cut off, Django shortens to a digest: long names stay distinct.
    return truncate_name(f"hash_{event}_{bare_name(table)}", 63)


def _create_statements(connection: BaseDatabaseWrapper, names: dict[str, Any]) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield "DROP TRIGGER IF EXISTS {trim}".format(**names)
        yield from _triggers(connection, names).values()
        return
    yield "CREATE SEQUENCE IF NOT EXISTS {pending}".format(**names)
    # What this transaction has changed waits for the trigger; without it, it got no number.
    yield (
        "DO $$BEGIN SET CONSTRAINTS {number} IMMEDIATE; "
        "EXCEPTION WHEN undefined_object THEN NULL; END$$".format(**names)
    )
    yield "DROP TRIGGER IF EXISTS {number} ON {log}".format(**names)
    for name, body in _BODIES.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {names[name]}() RETURNS trigger LANGUAGE plpgsql "
            # Whoever writes with another search path, as pg_restore does, is logged all the same.
            "SET search_path FROM CURRENT "
            f"AS $${body.format(**names)}$$"
        )
    for name, statement in _triggers(connection, names).items():
        table = names["log" if name == NUMBER else "table"]
        yield statement
        yield (
            f"COMMENT ON TRIGGER {connection.ops.quote_name(name)} ON {table} "
            f"IS '{_digest(statement)}'"
        )


def _begin_statements(connection: BaseDatabaseWrapper, names: dict[str, Any]) -> Iterator[str]:
    # While there were no triggers anything may have changed, so all readers load anew: they
    # miss the row that the log began with.
    if connection.vendor == "postgresql":
        yield f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"
    yield "DELETE FROM {log} WHERE table_name = {table_text}".format(**names)
    # No row has this key; it tells this log from one that was there before a database was
    # emptied or put back from a backup, and that counted from 1 as well.
    epoch = -1 - secrets.randbelow(2**53)
    yield f"INSERT INTO {{log}} (table_name, key) VALUES ({{table_text}}, {epoch})".format(**names)


def _names(
    connection: BaseDatabaseWrapper, model: type[models.Model], fields: Iterable[models.Field]
) -> dict[str, Any]:
    quote = connection.ops.quote_name
    table = model._meta.db_table
    # In one order, whatever the order in which migrations have added them.
    columns = [quote(name) for name in sorted(field.column for field in fields)]
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    key = quote(model._meta.pk.column)
    return {
        "log": quote(LOG),
        "pending": quote(PENDING),
        "table": quote(table),
        "table_text": "'" + table.replace("'", "''") + "'",
        "key": key,
        "columns": ", ".join([key, *columns]),
        "changed": " OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in (key, *columns)),
        "lock": ADVISORY_LOCK,
        "kept": KEPT,
        "trim_every": TRIM_EVERY,
        "function": quote(trigger_name(table, "log")),
        "number": quote(NUMBER),
        "trim": quote(TRIM),
        "names": {event: trigger_name(table, event) for event in EVENTS},
        **{event: quote(trigger_name(table, event)) for event in EVENTS},
    }


def _watched_fields(
    connection: BaseDatabaseWrapper, model: type[models.Model], also: Iterable[str] | None = None
) -> list[models.Field]:
    own = getattr(model, "hash_log_also", ())
    names = own if also is None else also
    fields = [*tracked_fields(model), *(model._meta.get_field(name) for name in names)]
    if also is not None:
        return fields
    # Whoever goes back to an older migration has a table that is older than the model.
    there = column_names(connection, model._meta.db_table)
    return [field for field in fields if field.column in there]


def _triggers(connection: BaseDatabaseWrapper, names: dict[str, Any]) -> dict[str, str]:
    """Return the statements that make the triggers, by their names."""
    shared = {"sqlite": TRIM, "postgresql": NUMBER}[connection.vendor]
    return {
        shared if event == "log" else names["names"][event]: statement.format(**names)
        for event, statement in _TRIGGERS[connection.vendor].items()
    }


def _expected(connection: BaseDatabaseWrapper, names: dict[str, Any]) -> dict[str, Any]:
    triggers = _triggers(connection, names)
    if connection.vendor == "sqlite":
        return triggers
    bodies = {name: body.format(**names) for name, body in _BODIES.items()}
    return {
        name: (_digest(statement), "O", bodies["number" if name == NUMBER else "function"], True)
        for name, statement in triggers.items()
    }


def _strangers(connection: BaseDatabaseWrapper, model: type[models.Model]) -> set[str]:
    """Return the triggers that were made for the table of `model` when it had another name."""
    prefixes = tuple(trigger_name("", event) for event in EVENTS)
    known = {trigger_name(model._meta.db_table, event) for event in EVENTS} | {TRIM, NUMBER}
    return {
        name
        for name, definition in _FOUND[connection.vendor](connection, model).items()
        if name.startswith(prefixes) and name not in known and LOG in str(definition)
    }


def _found_on_sqlite(connection: BaseDatabaseWrapper, model: type[models.Model]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)",
            [bare_name(model._meta.db_table), LOG],
        )
        return dict(cursor.fetchall())


def _found_on_postgresql(
    connection: BaseDatabaseWrapper, model: type[models.Model]
) -> dict[str, Any]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, obj_description(pg_trigger.oid, 'pg_trigger'), tgenabled::text, "
            "prosrc, proconfig IS NOT NULL "
            "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE NOT tgisinternal AND tgrelid IN (to_regclass(%s), to_regclass(%s))",
            [quote(model._meta.db_table), quote(LOG)],
        )
        return {name: tuple(definition) for name, *definition in cursor.fetchall()}


def _watched_on_sqlite(connection: BaseDatabaseWrapper, model: type[models.Model]) -> set[str]:
    statements = " ".join(
        statement
        for name, statement in _found_on_sqlite(connection, model).items()
        if name != TRIM and LOG in statement
    )
    if not statements:
        return set()
    columns = column_names(connection, model._meta.db_table)
    return {name for name in columns if connection.ops.quote_name(name) in statements}


def _watched_on_postgresql(connection: BaseDatabaseWrapper, model: type[models.Model]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_trigger "
            "JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY(tgattr) "
            "JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE NOT tgisinternal AND tgrelid = to_regclass(%s) AND position(%s IN prosrc) > 0",
            [connection.ops.quote_name(model._meta.db_table), LOG],
        )
        return {name for (name,) in cursor.fetchall()}


def _digest(statement: str) -> str:
    # PostgreSQL writes a trigger down in words of its own; what was asked for stands beside it.
    return hashlib.sha256(statement.encode()).hexdigest()


_FOUND: dict[str, Callable[[BaseDatabaseWrapper, type[models.Model]], dict[str, Any]]] = {
    "sqlite": _found_on_sqlite,
    "postgresql": _found_on_postgresql,
}

_WATCHED = {"sqlite": _watched_on_sqlite, "postgresql": _watched_on_postgresql}

# The triggers of the log itself, one for all tables.
TRIM, NUMBER = "hash_change_trim", "hash_change_number"

# `{newest}` is the number that was just given.
_TRIMMING = """
UPDATE {{log}} SET key = (
    SELECT opening.key FROM {{log}} AS opening
    WHERE opening.table_name = {{log}}.table_name AND opening.seq > 0 ORDER BY opening.seq LIMIT 1)
WHERE seq IN (SELECT max(seq) FROM {{log}}
    WHERE seq BETWEEN 1 AND {newest} - {{kept}} GROUP BY table_name || '');
DELETE FROM {{log}} WHERE seq BETWEEN 1 AND {newest} - {{kept}}
AND seq NOT IN (SELECT max(seq) FROM {{log}}
    WHERE seq BETWEEN 1 AND {newest} - {{kept}} GROUP BY table_name || '');
"""

_TRIGGERS = {
    "sqlite": {
        "insert": "CREATE TRIGGER {insert} AFTER INSERT ON {table} BEGIN "
        "INSERT INTO {log} (table_name, key) VALUES ({table_text}, NEW.{key}); END",
        "delete": "CREATE TRIGGER {delete} AFTER DELETE ON {table} BEGIN "
        "INSERT INTO {log} (table_name, key) VALUES ({table_text}, OLD.{key}); END",
        "update": "CREATE TRIGGER {update} AFTER UPDATE OF {columns} ON {table} WHEN {changed} "
        "BEGIN INSERT INTO {log} (table_name, key) VALUES ({table_text}, OLD.{key}); "
        "INSERT INTO {log} (table_name, key) SELECT {table_text}, NEW.{key} "
        "WHERE NEW.{key} <> OLD.{key}; END",
        "log": "CREATE TRIGGER {trim} AFTER INSERT ON {log} WHEN (NEW.seq & {trim_every} - 1) = 0 "
        "BEGIN" + _TRIMMING.format(newest="NEW.seq") + "END",
    },
    "postgresql": {
        "change": "CREATE TRIGGER {change} AFTER INSERT OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION {function}()",
        "update": "CREATE TRIGGER {update} AFTER UPDATE OF {columns} ON {table} "
        "FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {function}()",
        "truncate": "CREATE TRIGGER {truncate} AFTER TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        "log": "CREATE CONSTRAINT TRIGGER {number} AFTER INSERT OR UPDATE ON {log} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.seq < 0) "
        "EXECUTE FUNCTION {number}()",
    },
}

# What the triggers of PostgreSQL do.
_BODIES = {
    "function": """
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                -- Readers that miss the row that the log began with load the table anew.
                PERFORM pg_advisory_xact_lock({lock});
                DELETE FROM {log} WHERE table_name = {table_text};
                INSERT INTO {log} (table_name, key)
                    VALUES ({table_text}, -1 - (random() * 1e15)::bigint);
                RETURN NULL;
            END IF;
            IF TG_OP <> 'INSERT' THEN
                INSERT INTO {log} (seq, table_name, key)
                    VALUES (-nextval('{pending}'), {table_text}, OLD.{key});
            END IF;
            IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.{key} <> OLD.{key}) THEN
                INSERT INTO {log} (seq, table_name, key)
                    VALUES (-nextval('{pending}'), {table_text}, NEW.{key});
            END IF;
            RETURN NULL;
        END """,
    "number": """
        DECLARE
            newest bigint;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                -- Deferred checks of foreign keys may wait for others who wait for the lock, so
                -- they come first: this row queues up once more, behind them.
                UPDATE {log} SET key = key WHERE seq = NEW.seq;
                RETURN NULL;
            END IF;
            PERFORM pg_advisory_xact_lock({lock});
            UPDATE {log} SET seq = DEFAULT WHERE seq = NEW.seq RETURNING seq INTO newest;
            IF (newest & {trim_every} - 1) = 0 THEN"""
    + _TRIMMING.format(newest="newest")
    + """
            END IF;
            RETURN NULL;
        END """,
}
