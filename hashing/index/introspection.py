"""Names of tables and columns in a database's catalogue, and whether they exist."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, models
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.exceptions import NotMigrated

# How the databases report a table or a column that does not exist: PostgreSQL by the SQLSTATE,
# SQLite by a sentence.
ABSENT_CODES = {"42P01", "42703"}
ABSENT_SENTENCES = ("no such table", "no such column")


def bare_name(table: str) -> str:
    """
    Return the name of `table` without the quotes that Django allows in it.

    >>> bare_name('"archive"."picture"')
    'archive.picture'
    """
    return table.replace('"', "")


def is_there(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Return whether the database has `table`, in the schema that its name says."""
    if connection.vendor != "postgresql":
        return bare_name(table) in connection.introspection.table_names()
    with connection.cursor() as cursor:
        # Django's introspection knows only the schemas of the search path.
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [connection.ops.quote_name(table)])
        return bool(cursor.fetchone()[0])


def column_names(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    """Return the columns of an existing `table`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} WHERE 1 = 0")
        return {column[0] for column in cursor.description}


@contextmanager
def migrated(model: type[models.Model], using: str) -> Iterator[None]:
    """Raise NotMigrated where the block asks for a table or a column that does not exist yet."""
    try:
        yield
    except DatabaseError as error:
        if not _is_absence(error):
            raise
        raise NotMigrated(
            f"{model._meta.label} cannot be searched yet in the database {using!r} "
            f"({str(error).splitlines()[0]}). Run: manage.py migrate --database {using}"
        ) from error


def _is_absence(error: DatabaseError) -> bool:
    cause = error.__cause__
    is_sentence = any(sentence in str(error) for sentence in ABSENT_SENTENCES)
    return is_sentence or getattr(cause, "sqlstate", None) in ABSENT_CODES
