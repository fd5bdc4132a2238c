"""System checks: mistakes in settings and models, and hashes that have to be recomputed."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models, router

from hashing.conf import SHORT_SIDES, setting
from hashing.fields import hashed_files
from hashing.index import column_names, is_there, tracked_fields
from hashing.pictures import FORMATS
from hashing.querysets import SimilarityQuerySet, outdated


def check_decoding(**_: Any) -> list[checks.CheckMessage]:
    """E003: HASHING["DECODE"] has to be a known name."""
    if setting("DECODE") in SHORT_SIDES:
        return []
    return [
        checks.Error(
            f"HASHING['DECODE'] must be one of: {', '.join(map(repr, SHORT_SIDES))}, "
            f"not {setting('DECODE')!r}.",
            hint="Set it to 'default', or leave it out.",
            id="hashing.E003",
        )
    ]


def check_heif(**_: Any) -> list[checks.CheckMessage]:
    """E004: a site that requires HEIC needs the package that reads it."""
    if not setting("HEIF") or "HEIF" in FORMATS:
        return []
    return [
        checks.Error(
            "HASHING['HEIF'] is set, but HEIC pictures cannot be read.",
            hint="Install what reads them: pip install -r requirements-heif.txt",
            id="hashing.E004",
        )
    ]


def check_logged_fields(**_: Any) -> list[checks.CheckMessage]:
    """E005: `hash_log_also` has to name fields in the model's own table."""
    return [
        checks.Error(
            f"'hash_log_also' names {name!r}, which is no field of the model's own table.",
            hint="Name fields of the model that declares the hash fields.",
            obj=model,
            id="hashing.E005",
        )
        for model in apps.get_models()
        for name in getattr(model, "hash_log_also", ())
        if not _is_own_field(model, name)
    ]


def check_tables(**_: Any) -> list[checks.CheckMessage]:
    """E006: on SQLite a trigger writes to its own file, and the log is in the main one."""
    return [
        checks.Error(
            f"On SQLite the changes of {model._meta.db_table} cannot be logged, because it is in "
            "an attached file.",
            hint="Leave the schema out of db_table, or use PostgreSQL.",
            obj=model,
            id="hashing.E006",
        )
        for alias in connections
        if connections[alias].vendor == "sqlite"
        for model in _models_in(alias)
        if '"."' in model._meta.db_table
    ]


def check_outdated(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """W007: hashes that were made by another algorithm cannot be compared with new ones."""
    return [
        checks.Warning(
            f"{count} rows of {model._meta.label} have hashes of {source!r} that were not made "
            "as its hash fields are declared now, so searches miss similar pictures.",
            hint="Run: manage.py hash_images --missing",
            obj=model,
            id="hashing.W007",
        )
        for alias in databases or ()
        for model in _models_in(alias)
        for source, count in _outdated_rows(model, alias)
    ]


def _outdated_rows(model: type[models.Model], alias: str) -> Iterator[tuple[str, int]]:
    connection, table = connections[alias], model._meta.db_table
    columns = {field.column for field in model._meta.local_concrete_fields}
    if not is_there(connection, table) or columns - column_names(connection, table):
        return  # migrations are still to come
    for source, fields in hashed_files(model).items():
        hashed = models.Q(*((f"{field.name}__isnull", True) for field in fields), _negated=True)
        rows: SimilarityQuerySet[models.Model] = SimilarityQuerySet(model, using=alias)
        rows = rows.filter(hashed, outdated(model, source), **{f"{source}__gt": ""})
        if count := rows.count():
            yield source, count


def _models_in(alias: str) -> list[type[models.Model]]:
    """Return the models with hash columns whose tables belong in the database `alias`."""
    return [
        model
        for model in apps.get_models()
        if tracked_fields(model) and router.allow_migrate_model(alias, model)
    ]


def _is_own_field(model: type[models.Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    # Children and proxies inherit the names; the fields are in the table that they share.
    return bool(getattr(field, "column", None)) and (
        field in model._meta.local_fields or field.model is not model
    )
