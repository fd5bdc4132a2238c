"""How the table of a model is named in the catalogue of its database, and what stands there."""

from django.db.backends.base.base import BaseDatabaseWrapper


def bare_name(table: str) -> str:
    """
    Return the name of `table` without the quotes in which Django lets it be written.

    >>> bare_name('"archive"."picture"')
    'archive.picture'
    """
    return table.replace('"', "")


def is_there(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Return whether the database has `table`, in whichever schema its name says."""
    if connection.vendor != "postgresql":
        return bare_name(table) in connection.introspection.table_names()
    with connection.cursor() as cursor:
        # Django's introspection knows only the schemas of the search path.
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [connection.ops.quote_name(table)])
        return cursor.fetchone()[0]


def column_names(connection: BaseDatabaseWrapper, table: str) -> set[str]:
    """Return the columns of `table`, which is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} WHERE 1 = 0")
        return {column[0] for column in cursor.description}
