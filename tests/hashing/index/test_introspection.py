"""Tables of every shape and name: each has its log and its index, all the same."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from hashing.index.audit import audit_of
from hashing.index.change_log import changes_since
from hashing.index.introspection import is_there
from hashing.index.log_upkeep import repair
from hashing.index.process_index import index_of
from hashing.index.triggers import faults
from hashing.models import HashChange
from tests.hashing.changes import hashed, logged_since, newest, sql
from tests.hashing.tracked_tables import model_of, table_of, tracked

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ["a table of pictures", "o'clock", '"quoted"', "Mixed.Case", "größe"]
LONG = "a_table_with_a_name_that_is_as_long_as_postgresql_lets_names_"


@pytest.fixture
def archive() -> Iterator[str]:
    """A schema beside those in which names are looked for."""
    if connection.vendor == "sqlite":
        yield "main"  # what else is attached cannot be written to by triggers here
        return
    sql("CREATE SCHEMA archive")
    yield "archive"
    sql("DROP SCHEMA archive CASCADE")


def try_out(model: type[models.Model]) -> None:
    """Change rows of `model` in all ways, and look into its log, its index and its findings."""
    first = model.objects.create(phash=hashed(1))
    cursor = changes_since(model, None).cursor
    second = model.objects.create(phash=hashed(2))
    model.objects.filter(pk=first.pk).update(phash=hashed(3))
    assert changes_since(model, cursor).keys.tolist() == [first.pk, second.pk]
    assert held(model) == {first.pk: 3, second.pk: 2}
    first.delete()
    assert held(model) == {second.pk: 2}
    assert [row.pk for row in model.objects.similar_to(hashed(2), max_distance=0)] == [second.pk]
    assert audit_of(model, "default", 2).findings == []
    repair(model, restart=True)
    assert held(model) == {second.pk: 2}


def held(model: type[models.Model]) -> dict[int, int]:
    keys, hashes = index_of(model._meta.get_field("phash"), "default").current().entries
    return dict(zip(keys.tolist(), hashes.tolist(), strict=True))


@pytest.mark.parametrize("name", NAMES)
@isolate_apps("tests.testapp")
def test_table_may_have_any_name(name: str) -> None:
    model = model_of(name)
    assert not is_there(connection, name)
    with tracked(model):
        assert is_there(connection, name)
        try_out(model)
    assert not is_there(connection, name)


@isolate_apps("tests.testapp")
def test_table_may_be_in_a_schema(archive: str) -> None:
    if connection.vendor == "sqlite":
        return  # a table in an attached file is refused by a system check
    model = model_of(f'"{archive}"."picture"')
    with tracked(model), tracked(model_of("picture")):
        assert is_there(connection, model._meta.db_table)
        try_out(model)
        before = newest()
        model.objects.create(phash=hashed(1))
        assert logged_since(before, "picture") == []
    assert not is_there(connection, model._meta.db_table)


@isolate_apps("tests.testapp")
def test_long_names_of_tables_have_triggers_of_their_own() -> None:
    with ExitStack() as tables:
        twins = [model_of(LONG + ending) for ending in "ab"]
        for model in twins:
            tables.enter_context(tracked(model))
        for model in twins:
            before = newest()
            row = model.objects.create(phash=hashed(1))
            assert logged_since(before, model._meta.db_table) == [row.pk]
            assert HashChange.objects.filter(seq__gt=before).count() == 1


@isolate_apps("tests.testapp")
def test_index_holds_what_the_base_manager_of_its_model_leaves_out() -> None:
    class NamedCollection(models.Manager):
        def get_queryset(self) -> models.QuerySet:
            return super().get_queryset().exclude(name="")

    meta = {"app_label": "testapp", "db_table": "sparse", "base_manager_name": "named"}
    model = model_of(
        "sparse",
        name=models.CharField(max_length=9),
        named=NamedCollection(),
        Meta=type("Meta", (), meta),
    )
    with tracked(model):
        for value, name in enumerate(("", "a name", "")):
            model.objects.create(phash=hashed(value), name=name)
        assert sorted(held(model).values()) == [0, 1, 2]
        assert audit_of(model, "default", 2).rows == 3


def plain_model(name: str, *bases: type[models.Model]) -> type[models.Model]:
    contents = {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "testapp"})}
    return type(name, bases or (models.Model,), contents)


@isolate_apps("tests.testapp")
def test_child_of_a_child_has_an_integer_key_and_a_log() -> None:
    parent = plain_model("Parent")
    child = plain_model("Child", parent)
    model = model_of("grandchild", child)
    assert model.check() == []
    with table_of(parent), table_of(child), tracked(model):
        try_out(model)


@isolate_apps("tests.testapp")
def test_renamed_table_goes_on_with_a_log_of_its_new_name() -> None:
    old, new = model_of("old_pictures"), model_of("new_pictures")
    with tracked(old):
        row = old.objects.create(phash=hashed(1))
        with renamed(old, new):
            told = [sentence for sentence in faults(connection, new) if "another" in sentence]
            assert len(told) == 3
            repair(new)
            assert faults(connection, new) == []
            before = newest()
            new.objects.update(phash=hashed(2))
            assert logged_since(before, "new_pictures") == [row.pk]
            assert logged_since(before, "old_pictures") == []
            assert held(new) == {row.pk: 2}


@isolate_apps("tests.testapp")
def test_table_can_take_the_name_of_one_that_was_renamed() -> None:
    old, new = model_of("old_pictures"), model_of("new_pictures")
    with tracked(old), renamed(old, new):
        with tracked(old):
            try_out(old)
        repair(new)
        try_out(new)


@contextmanager
def renamed(old: type[models.Model], new: type[models.Model]) -> Iterator[None]:
    """The table of `old` is that of `new`, until it gets its name back."""
    names = old._meta.db_table, new._meta.db_table
    with connection.schema_editor() as editor:
        editor.alter_db_table(old, *names)
    yield
    with connection.schema_editor() as editor:
        editor.alter_db_table(old, *reversed(names))
