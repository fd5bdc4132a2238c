"""
The triggers that write the log of changes: their definitions, and whether they are in place.

SQLite has one writer at a time, so a change gets its number when it is made. On PostgreSQL others
can commit in between: there a change gets a number below 0, which nobody else can see. At the
commit, after all deferred checks, a trigger takes a lock that lasts until the commit is done, and
draws the final number. Numbers are then in the order of the commits, so a reader that has read up
to n has seen everything below n; and no lock is held before the commit.

Every `TRIM_EVERY` changes the writer also deletes rows that are more than `KEPT` numbers old. The
newest deleted row of each table becomes the new first row of its log: a reader that is not older
than that row has missed nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import truncate_name

from hashing.fields import PerceptualHashField, hash_fields
from hashing.index.introspection import bare_name, column_names
from hashing.index.row_keys import has_integer_key
from hashing.models import HashChange

# A reader further behind than this reloads the whole column, which is quicker.
KEPT = 100_000
TRIM_EVERY = 1024  # a power of 2, tested by "&": some cursors give "%" another meaning

# One lock for all tables, so that two writers can never wait for each other's tables.
ADVISORY_LOCK = 0x68617368  # "hash"

LOG = HashChange._meta.db_table
PENDING = f"{LOG}_pending"  # the sequence, on PostgreSQL, of numbers until the commit
SUPPORTED = ("sqlite", "postgresql")
EVENTS = ("change", "update", "insert", "delete", "truncate")


Model: TypeAlias = type[models.Model]
# The parts of a trigger that are compared, as they are found in a catalogue.
Definition: TypeAlias = str | tuple[str | bool | None, ...]


def tracked_fields(model: Model) -> list[PerceptualHashField]:
    """Return the hash fields whose columns are in the table of `model` itself."""
    if model._meta.proxy or not model._meta.managed:
        return []
    return [field for field in hash_fields(model) if field in model._meta.local_fields]


def install(
    connection: BaseDatabaseWrapper, model: Model, execute: Callable[[str], object]
) -> None:
    """
    Make the triggers for `model`, replacing older ones, and begin its log again.

    They watch its hash fields and the fields named in its `hash_log_also`, as far as their
    columns exist.
    """
    names = _names(connection, model, _watched_fields(connection, model))
    for statement in (
        *uninstall_statements(connection, model),
        *_create_statements(connection, names),
        *_begin_statements(connection, names),
    ):
        execute(statement)


def uninstall_statements(connection: BaseDatabaseWrapper, model: Model) -> Iterator[str]:
    """Yield the statements that drop the triggers of `model`; those of the log stay."""
    names = _names(connection, model, ())
    on_table = f" ON {names.table}" if connection.vendor == "postgresql" else ""
    # The triggers of a renamed table go with it, under their old names.
    own = {trigger_name(model._meta.db_table, event) for event in EVENTS}
    for name in sorted(own | _strangers(connection, model)):
        yield f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(name)}{on_table}"
    if connection.vendor == "postgresql":
        # A table that had this name before may still have triggers that call it.
        yield f"DROP FUNCTION IF EXISTS {names.function}() CASCADE"


def faults(connection: BaseDatabaseWrapper, model: Model) -> list[str]:
    """Return sentences on what keeps changes of `model` out of its log; empty if nothing does."""
    found = _FOUND[connection.vendor](connection, model)
    names = _names(connection, model, _watched_fields(connection, model))
    sentences = [
        f"The trigger {name!r} belongs to the log of another table."
        for name in sorted(_strangers(connection, model))
    ]
    for name, definition in _expected(connection, names).items():
        if name not in found:
            sentences.append(f"The trigger {name!r} is missing.")
        elif found[name] != definition:
            sentences.append(f"The trigger {name!r} is out of date or disabled.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key FROM {LOG} WHERE table_name = %s AND seq > 0 ORDER BY seq LIMIT 1",
            [model._meta.db_table],
        )
        first = cursor.fetchone()
    if first is None or first[0] >= 0:
        sentences.append(f"The log of {model._meta.db_table!r} has lost its first row.")
    return sentences


def watched_columns(connection: BaseDatabaseWrapper, model: Model) -> set[str]:
    """Return the columns of the table of `model` that its triggers name; none without triggers."""
    return _WATCHED[connection.vendor](connection, model)


def trigger_name(table: str, event: str) -> str:
    """Return the name of the trigger for `event` on `table`, unique also for long names."""
    # PostgreSQL would cut a long name off; Django replaces its end by a digest.
    return truncate_name(f"hash_{event}_{bare_name(table)}", 63)


@dataclass(frozen=True)
class Names:
    """The names and expressions to fill into the statements for one table, quoted."""

    table: str
    table_text: str
    key: str
    columns: str
    changed: str
    function: str
    log: str
    pending: str
    trim: str
    number: str
    # The columns of a log row, and the expressions for the row's key: an integer, or text.
    entry: str
    old: str
    new: str
    insert: str
    update: str
    delete: str
    change: str
    truncate: str

    def fill(self, statement: str) -> str:
        """Return `statement` with these names in its braces."""
        return statement.format(**vars(self), lock=ADVISORY_LOCK, kept=KEPT, trim_every=TRIM_EVERY)


def _names(
    connection: BaseDatabaseWrapper, model: Model, fields: Iterable[models.Field[Any, Any]]
) -> Names:
    quote, table = connection.ops.quote_name, model._meta.db_table
    # Sorted, because migrations may have added them in another order than the model has.
    columns = [quote(name) for name in sorted(str(field.column) for field in fields)]
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    key = quote(str(model._meta.pk.column))
    is_integer = has_integer_key(model)
    as_key = "{}.{}" if is_integer else "0, CAST({}.{} AS text)"
    return Names(
        table=quote(table),
        table_text="'" + table.replace("'", "''") + "'",
        key=key,
        columns=", ".join([key, *columns]),
        changed=" OR ".join(f"OLD.{name} {differs} NEW.{name}" for name in (key, *columns)),
        function=quote(trigger_name(table, "log")),
        log=quote(LOG),
        pending=quote(PENDING),
        trim=quote(TRIM),
        number=quote(NUMBER),
        entry="table_name, key" if is_integer else "table_name, key, text_key",
        old=as_key.format("OLD", key),
        new=as_key.format("NEW", key),
        **{event: quote(trigger_name(table, event)) for event in EVENTS},
    )


def _create_statements(connection: BaseDatabaseWrapper, names: Names) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield names.fill("DROP TRIGGER IF EXISTS {trim}")
        yield from _triggers(connection, names).values()
        return
    yield names.fill("CREATE SEQUENCE IF NOT EXISTS {pending}")
    # Changes that this transaction has made wait for the trigger; without it they get no number.
    yield names.fill(
        "DO $$BEGIN SET CONSTRAINTS {number} IMMEDIATE; "
        "EXCEPTION WHEN undefined_object THEN NULL; END$$"
    )
    yield names.fill("DROP TRIGGER IF EXISTS {number} ON {log}")
    for function, body in ((names.function, LOG_BODY), (names.number, NUMBER_BODY)):
        yield (
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            # Writers with another search path, such as pg_restore, are logged as well.
            "SET search_path FROM CURRENT "
            f"AS $${names.fill(body)}$$"
        )
    for name, statement in _triggers(connection, names).items():
        table = names.log if name == NUMBER else names.table
        yield statement
        yield (
            f"COMMENT ON TRIGGER {connection.ops.quote_name(name)} ON {table} "
            f"IS '{_digest(statement)}'"
        )


def _begin_statements(connection: BaseDatabaseWrapper, names: Names) -> Iterator[str]:
    # Without triggers anything may have changed, so all readers have to load the column again:
    # they do when they miss the first row of the log they knew.
    if connection.vendor == "postgresql":
        yield f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"
    yield names.fill("DELETE FROM {log} WHERE table_name = {table_text}")
    # The epoch, which no row has as its key. It tells this log from another one that also
    # counted from 1, before a database was emptied or restored from a backup.
    epoch = -1 - secrets.randbelow(2**53)
    yield names.fill(f"INSERT INTO {{log}} (table_name, key) VALUES ({{table_text}}, {epoch})")


def _watched_fields(connection: BaseDatabaseWrapper, model: Model) -> list[models.Field[Any, Any]]:
    also = [model._meta.get_field(name) for name in getattr(model, "hash_log_also", ())]
    # After a migration to an older state the table lacks columns that the model has.
    columns = column_names(connection, model._meta.db_table)
    return [
        field
        for field in (*tracked_fields(model), *also)
        if isinstance(field, models.Field) and field.column in columns
    ]


def _triggers(connection: BaseDatabaseWrapper, names: Names) -> dict[str, str]:
    """Return the statements that make the triggers, by the names of the triggers."""
    quoted = vars(names)
    return {
        quoted[event].strip('"'): names.fill(statement)
        for event, statement in _TRIGGERS[connection.vendor].items()
    }


def _expected(connection: BaseDatabaseWrapper, names: Names) -> dict[str, Definition]:
    triggers = _triggers(connection, names)
    if connection.vendor == "sqlite":
        return {**triggers}
    bodies = {name: names.fill(NUMBER_BODY if name == NUMBER else LOG_BODY) for name in triggers}
    return {
        name: (_digest(statement), "O", bodies[name], True) for name, statement in triggers.items()
    }


def _strangers(connection: BaseDatabaseWrapper, model: Model) -> set[str]:
    """Return the triggers that were made for the table of `model` under another name."""
    prefixes = tuple(trigger_name("", event) for event in EVENTS)
    own = {trigger_name(model._meta.db_table, event) for event in EVENTS} | {TRIM, NUMBER}
    return {
        name
        for name, definition in _FOUND[connection.vendor](connection, model).items()
        if name.startswith(prefixes) and name not in own and LOG in str(definition)
    }


def _found_on_sqlite(connection: BaseDatabaseWrapper, model: Model) -> dict[str, Definition]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)",
            [bare_name(model._meta.db_table), LOG],
        )
        return dict(cursor.fetchall())


def _found_on_postgresql(connection: BaseDatabaseWrapper, model: Model) -> dict[str, Definition]:
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


def _watched_on_sqlite(connection: BaseDatabaseWrapper, model: Model) -> set[str]:
    statements = " ".join(
        str(statement)
        for name, statement in _found_on_sqlite(connection, model).items()
        if name != TRIM and LOG in str(statement)
    )
    if not statements:
        return set()
    columns = column_names(connection, model._meta.db_table)
    return {name for name in columns if connection.ops.quote_name(name) in statements}


def _watched_on_postgresql(connection: BaseDatabaseWrapper, model: Model) -> set[str]:
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
    # PostgreSQL rewrites a trigger's definition; the comment keeps what was asked for.
    return hashlib.sha256(statement.encode()).hexdigest()


_FOUND: dict[str, Callable[[BaseDatabaseWrapper, Model], dict[str, Definition]]] = {
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
        "INSERT INTO {log} ({entry}) VALUES ({table_text}, {new}); END",
        "delete": "CREATE TRIGGER {delete} AFTER DELETE ON {table} BEGIN "
        "INSERT INTO {log} ({entry}) VALUES ({table_text}, {old}); END",
        "update": "CREATE TRIGGER {update} AFTER UPDATE OF {columns} ON {table} WHEN {changed} "
        "BEGIN INSERT INTO {log} ({entry}) VALUES ({table_text}, {old}); "
        "INSERT INTO {log} ({entry}) SELECT {table_text}, {new} "
        "WHERE NEW.{key} <> OLD.{key}; END",
        "trim": "CREATE TRIGGER {trim} AFTER INSERT ON {log} WHEN (NEW.seq & {trim_every} - 1) = 0 "
        "BEGIN" + _TRIMMING.format(newest="NEW.seq") + "END",
    },
    "postgresql": {
        "change": "CREATE TRIGGER {change} AFTER INSERT OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION {function}()",
        "update": "CREATE TRIGGER {update} AFTER UPDATE OF {columns} ON {table} "
        "FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {function}()",
        "truncate": "CREATE TRIGGER {truncate} AFTER TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        "number": "CREATE CONSTRAINT TRIGGER {number} AFTER INSERT OR UPDATE ON {log} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.seq < 0) "
        "EXECUTE FUNCTION {number}()",
    },
}

# What the triggers of PostgreSQL run.
LOG_BODY = """
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                -- Readers that miss the first row of the log they knew load the whole column.
                PERFORM pg_advisory_xact_lock({lock});
                DELETE FROM {log} WHERE table_name = {table_text};
                INSERT INTO {log} (table_name, key)
                    VALUES ({table_text}, -1 - (random() * 1e15)::bigint);
                RETURN NULL;
            END IF;
            IF TG_OP <> 'INSERT' THEN
                INSERT INTO {log} (seq, {entry})
                    VALUES (-nextval('{pending}'), {table_text}, {old});
            END IF;
            IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.{key} <> OLD.{key}) THEN
                INSERT INTO {log} (seq, {entry})
                    VALUES (-nextval('{pending}'), {table_text}, {new});
            END IF;
            RETURN NULL;
        END """
NUMBER_BODY = (
    """
        DECLARE
            newest bigint;
        BEGIN
            IF TG_OP = 'INSERT' THEN
                -- Deferred checks of foreign keys can wait for transactions that wait for the
                -- lock, so they have to come first: this row queues again, behind them.
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
        END """
)
