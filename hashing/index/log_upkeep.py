"""
Upkeep of the triggers and the logs: before and after migrations, and when they are broken.

Neither SQLite nor PostgreSQL can change a column that a trigger names, so before such migrations
the triggers of its table are dropped, and its log with them: without a log every reader loads the
whole column, which is slow but correct. After the migrations the triggers are made again for the
columns that exist then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeAlias

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation

from hashing.fields import PerceptualHashField, hash_fields
from hashing.index.introspection import column_names, is_there
from hashing.index.triggers import (
    LOG,
    SUPPORTED,
    faults,
    install,
    tracked_fields,
    uninstall_statements,
    watched_columns,
)
from hashing.models import HashChange

Plan: TypeAlias = Iterable[tuple[Migration, bool]]
Model: TypeAlias = type[models.Model]
Name: TypeAlias = tuple[str, str, str]  # app, model and field; no field for the model itself


def release(using: str, plan: Plan, apps: Apps, **_: Any) -> None:
    """
    Drop the triggers and the logs of the tables whose watched columns `plan` changes.

    `plan` is what is about to be migrated, `apps` has the models as they are before. Raises
    CommandError for a hash field that would have to hold bytes instead of numbers, or the reverse.
    """
    connection = connections[using]
    if connection.vendor not in SUPPORTED or not is_there(connection, LOG):
        return
    _refuse_other_types(plan, apps)
    for model in set(_changed_models(using, plan, apps)):
        with transaction.atomic(using=using), connection.cursor() as cursor:
            for statement in uninstall_statements(connection, model):
                cursor.execute(statement)
            HashChange.objects.using(using).filter(table_name=model._meta.db_table).delete()


def restore(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """
    Make the triggers that are missing after migrations, and begin the logs of their tables again.

    Where all of them are in place the log continues, so that no reader has to reload its column
    after a deployment.
    """
    for model in tracked_models(using):
        repair(model, using)


def repair(model: Model, using: str = DEFAULT_DB_ALIAS, *, restart: bool = False) -> None:
    """Make the triggers of `model` and begin its log, if something is wrong or on `restart`."""
    connection = connections[using]
    columns = column_names(connection, model._meta.db_table)
    if columns.isdisjoint(field.column for field in tracked_fields(model)):
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if restart or faults(connection, model):
            install(connection, model, cursor.execute)


def tracked_models(using: str = DEFAULT_DB_ALIAS) -> list[Model]:
    """Return the models with hash columns whose tables, and their log, are in this database."""
    connection = connections[using]
    if connection.vendor not in SUPPORTED or not is_there(connection, LOG):
        return []
    return [
        model
        for model in installed_apps.get_models()
        if tracked_fields(model) and is_there(connection, model._meta.db_table)
    ]


def disown(instance: HashChange, raw: bool = False, **_: Any) -> None:
    """
    Turn a log row that `loaddata` brings from another database into one more change.

    Its number belongs to the other log, and the row that a log begins with identifies that log.
    """
    if raw:
        instance.pk, instance.key = None, max(instance.key, 0)


def _refuse_other_types(plan: Plan, apps: Apps) -> None:
    # SQLite would keep numbers among the bytes, and PostgreSQL knows no such conversion.
    current = {
        _name_of(model, field.name): field.get_internal_type()
        for model in apps.get_models()
        for field in hash_fields(model)
    }
    for migration, backwards in plan:
        for operation in _parts(migration.operations):
            if not isinstance(operation, operations.AlterField) or backwards:
                continue
            name = (migration.app_label, operation.model_name.lower(), operation.name)
            is_hash = isinstance(operation.field, PerceptualHashField)
            if is_hash and current.get(name) not in (None, operation.field.get_internal_type()):
                raise CommandError(
                    f"{migration} gives {'.'.join(name)} an algorithm whose hashes are stored in "
                    "another way. Remove the field in one migration and add it in the next."
                )


def _changed_models(using: str, plan: Plan, apps: Apps) -> Iterator[Model]:
    """Yield the models of `apps` whose triggers are in the way of `plan`."""
    watched = {
        model: columns
        for model in apps.get_models()
        if (columns := watched_columns(connections[using], model))
    }
    models_named: dict[Name, set[Model]] = defaultdict(set)
    for model, columns in watched.items():
        for name in _names(model, columns):
            models_named[name].add(model)
    for migration, _ in plan:
        if migration.app_label == HashChange._meta.app_label:
            yield from watched  # every trigger writes to the table that this may change
        for operation in _parts(migration.operations):
            for name in _changed_names(migration.app_label, operation):
                yield from models_named[name]


def _names(model: Model, columns: Collection[str]) -> Iterator[Name]:
    """Yield the names of `model`, of its fields in `columns`, and of what those refer to."""
    yield _name_of(model)
    for field in model._meta.local_concrete_fields:
        if field.column in columns:
            yield _name_of(model, field.name)
            if isinstance(field, models.ForeignKey):  # it gets the type of what it refers to
                yield _name_of(field.target_field.model, field.target_field.name)


def _name_of(model: Model, field: str = "") -> Name:
    return model._meta.app_label, str(model._meta.model_name), field


def _parts(operations_: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations_:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _parts(operation.database_operations)
        else:
            yield operation


def _changed_names(app_label: str, operation: Operation) -> Iterator[Name]:
    """Yield what `operation` changes, under the names before and after it."""
    if isinstance(operation, operations.RenameModel | operations.AlterModelTable):
        for name in (operation.name, getattr(operation, "new_name", operation.name)):
            yield app_label, name.lower(), ""
    elif isinstance(operation, FieldOperation):
        for name in (operation.name, getattr(operation, "new_name", operation.name)):
            yield app_label, operation.model_name.lower(), name
