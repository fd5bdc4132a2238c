"""Tables that tests make for a while, with a log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

from hashing.fields import PerceptualHashField
from hashing.index.log_upkeep import repair
from hashing.index.triggers import uninstall_statements
from hashing.models import HashChange
from hashing.querysets import SimilarityQuerySet


def model_of(table: str, *bases: type[models.Model], **fields: Any) -> type[models.Model]:
    """Return a model with a hash whose table has this name; for use under `isolate_apps`."""
    contents: dict[str, Any] = {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "testapp", "db_table": table}),
        "file": models.FileField(),
        "phash": PerceptualHashField(),
        "objects": SimilarityQuerySet.as_manager(),
        **fields,
    }
    name = "Tracked" + "".join(filter(str.isalnum, table))
    return type(name, bases or (models.Model,), contents)


@contextmanager
def tracked(model: type[models.Model]) -> Iterator[None]:
    """The table of `model` is there, and its log; afterwards neither is."""
    with table_of(model):
        repair(model)
        yield
        with connection.cursor() as cursor:
            for statement in uninstall_statements(connection, model):
                cursor.execute(statement)
    HashChange.objects.filter(table_name=model._meta.db_table).delete()


@contextmanager
def table_of(model: type[models.Model]) -> Iterator[None]:
    """The table of `model` is there."""
    with connection.schema_editor() as editor:
        editor.create_model(model)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(model)
