"""TODO docstring."""

from collections.abc import Iterable
from typing import Any

from django.core.management import CommandError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from hashing.index import (
    LOG,
    install,
    is_there,
    uninstall_statements,
)


class TrackHashChanges(Operation):
    """
    Migration operation: log the changes of the hash fields of a model.

    The migration depends on ("hashing", "0001_initial"):

        operations = [TrackHashChanges("image", also=["sha256"])]

    `also` names other fields whose changes are logged too, for whoever follows the log. The
    model itself names them in `hash_log_also`, from which the triggers are made after migrations.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, also: Iterable[str] = ()) -> None:
        self.model_name = model_name
        self.also = tuple(also)

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
        connection = schema_editor.connection
        if self.allow_migrate_model(connection.alias, model):
            if not schema_editor.collect_sql:
                _require_log(connection, model)
            install(connection, model, schema_editor.execute, self.also)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in uninstall_statements(schema_editor.connection, model):
                schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Log changes of the perceptual hashes of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"track_{self.model_name.lower()}_hashes"


def _require_log(connection: BaseDatabaseWrapper, model: type[models.Model]) -> None:
    if not is_there(connection, LOG):
        raise CommandError(
            f"The database {connection.alias!r} has no table {LOG!r} to log the changes of "
            f"{model._meta.db_table!r} in: let the app 'hashing' migrate wherever "
            "DATABASE_ROUTERS sends the model."
        )


class UntrackHashChanges(TrackHashChanges):
    """
    Migration operation: stop logging; what TrackHashChanges does, the other way round.

    It stands before one that removes or renames a field that is logged, because SQLite does not
    let go of a column that a trigger names. After the migrations the triggers are made anew for
    the fields that are left.

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
