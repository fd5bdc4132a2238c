"""System checks: what would go wrong later is said at the start."""

from typing import Any

from django.apps import apps
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models, router

from hashing.conf import SHORT_SIDES, setting
from hashing.index import tracked_fields
from hashing.pictures import FORMATS


def check_decoding(**_: Any) -> list[checks.CheckMessage]:
    """HASHING["DECODE"] has to be a name that is known."""
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
    """What reads HEIC is installed apart; a site that counts on it wants to know."""
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
    """What `hash_log_also` names has to be in the model's own table."""
    return [
        checks.Error(
            f"'hash_log_also' names {name!r}, which is no field of the model's own table.",
            hint="Name fields that stand beside the hash fields.",
            obj=model,
            id="hashing.E005",
        )
        for model in apps.get_models()
        for name in getattr(model, "hash_log_also", ())
        if not _is_own_field(model, name)
    ]


def check_tables(**_: Any) -> list[checks.CheckMessage]:
    """Triggers of SQLite write to their own file, and the log is in the main one."""
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
        for model in apps.get_models()
        if '"."' in model._meta.db_table and tracked_fields(model)
        if router.allow_migrate_model(alias, model)
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
