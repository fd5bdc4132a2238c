"""Each row knows how its hashes were made, so that those of another algorithm are found."""

import pytest
from django.core import checks, serializers
from django.core.management import call_command
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from django.test.utils import isolate_apps

from hashing.checks import check_outdated
from hashing.fields import HashedByField, PerceptualHashField, hashed_by_field
from hashing.receivers import hash_stored
from tests.hashing.saved_rows import fresh, hash_of
from tests.pictures import upload
from tests.testapp.models import Based, Matched, Plain, PlainChild, PlainProxy, Twofold

FIELD = Plain._meta.get_field("phash")


@pytest.fixture
def rows(db: None) -> list[Plain]:
    """Three pictures that were hashed as the field says, and a row without one."""
    Plain.objects.create()
    return [Plain.objects.create(file=upload(seed)) for seed in (1, 2, 3)]


@pytest.fixture
def changed(rows: list[Plain], monkeypatch: pytest.MonkeyPatch) -> list[Plain]:
    """The same rows, whose field got another algorithm since."""
    monkeypatch.setattr(FIELD, "algorithm_name", "dhash")
    return rows


def outdated() -> list[checks.CheckMessage]:
    messages = check_outdated(databases=["default"])
    return [message for message in messages if message.obj is Plain]


def test_rows_that_were_just_hashed_are_up_to_date(rows: list[Plain]) -> None:
    assert not Plain.objects.unhashed()
    assert outdated() == []


@pytest.mark.parametrize(
    ("name", "value"), [("algorithm_name", "dhash"), ("version", 9), ("framing", "unframed")]
)
def test_rows_have_to_be_hashed_again_when_their_field_changes(
    rows: list[Plain], monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    monkeypatch.setattr(FIELD, name, value)
    assert list(Plain.objects.unhashed()) == rows
    assert list(PlainProxy.objects.unhashed("file")) == rows


def test_check_counts_them_where_it_may_ask_the_database(changed: list[Plain]) -> None:
    (warning,) = outdated()
    assert warning.id == "hashing.W007"
    assert warning.msg.startswith("3 rows of testapp.Plain have hashes of 'file' that ")
    assert warning.hint == "Run: manage.py hash_images --missing"
    assert check_outdated(databases=None) == check_outdated() == []


def test_rows_hashed_again_one_by_one_are_up_to_date_one_by_one(changed: list[Plain]) -> None:
    first, second, third = changed
    assert hash_stored(fresh(first), "file")
    assert list(Plain.objects.unhashed()) == [second, third]
    second.file = upload(4)
    second.save()
    assert list(Plain.objects.unhashed()) == [third]
    assert fresh(second).phash == hash_of(4, "dhash")


def test_saving_the_file_only_saves_how_it_was_hashed(changed: list[Plain]) -> None:
    row = fresh(changed[0])
    row.file = upload(5)
    row.save(update_fields=["file"])
    assert row not in Plain.objects.unhashed()


def test_saving_anything_else_leaves_how_they_were_hashed(changed: list[Plain]) -> None:
    row = fresh(changed[0])
    row.name = "another name"
    row.save()
    Plain.objects.update(name="a third name")
    Plain.objects.bulk_update(changed, ["name"])
    assert set(Plain.objects.unhashed()) == set(changed)


def test_missing_hashes_are_those_of_other_algorithms_too(changed: list[Plain]) -> None:
    call_command("hash_images", "--missing", "--model", "testapp.Plain", verbosity=0)
    assert not Plain.objects.unhashed()
    assert fresh(changed[1]).phash == hash_of(2, "dhash")


def test_hashes_from_elsewhere_are_made_again(rows: list[Plain]) -> None:
    copy = Plain(file=rows[0].file.name, phash=hash_of(1))
    Plain.objects.bulk_create([copy])
    assert list(Plain.objects.unhashed()) == [copy]


def test_dump_says_how_its_hashes_were_made(rows: list[Plain]) -> None:
    dump = serializers.serialize("json", rows)
    Plain.objects.all().delete()
    for row in serializers.deserialize("json", dump):
        row.save()
    assert not Plain.objects.unhashed()
    Plain.objects.all().delete()
    for row in serializers.deserialize("json", dump.replace(FIELD.code, "0123abcd")):
        row.save()
    assert list(Plain.objects.unhashed()) == rows


def test_field_that_was_removed_does_not_matter(db: None) -> None:
    row = Twofold.objects.create(file=upload(1))
    more = PerceptualHashField(algorithm="whash")
    more.set_attributes_from_name("whash")
    Twofold.objects.update(file_hashed_by=f"{more.code} {fresh(row).file_hashed_by}")
    assert not Twofold.objects.unhashed()


def test_each_file_of_a_row_is_hashed_for_itself(db: None) -> None:
    row = Twofold.objects.create(file=upload(1), cover=upload(2))
    Twofold.objects.update(cover_hashed_by="")
    assert list(Twofold.objects.unhashed("cover")) == list(Twofold.objects.unhashed()) == [row]
    assert not Twofold.objects.unhashed("file")


def test_emptied_file_has_no_hashes_that_were_made(db: None) -> None:
    row = Plain.objects.create(file=upload(1))
    assert fresh(row).file_hashed_by == FIELD.code
    row.file = ""
    row.save()
    assert fresh(row).file_hashed_by == ""


@pytest.mark.parametrize("model", [Plain, PlainProxy, PlainChild, Based, Matched])
def test_every_model_has_the_field_once(model: type[models.Model]) -> None:
    names = [
        field.name for field in model._meta.concrete_fields if isinstance(field, HashedByField)
    ]
    assert names == ["file_hashed_by"]


@isolate_apps("tests.testapp")
def test_model_may_declare_the_field_itself() -> None:
    class Declared(models.Model):
        file = models.FileField()
        made = HashedByField(source="file")
        phash = PerceptualHashField()

        class Meta:
            app_label = "testapp"

        def __str__(self) -> str:
            return "declared"

    assert hashed_by_field(Declared, "file") is Declared._meta.get_field("made")
    assert "file_hashed_by" not in {field.name for field in Declared._meta.get_fields()}


@isolate_apps("tests.testapp")
def test_table_that_is_not_of_django_gets_no_column() -> None:
    class Foreign(models.Model):
        file = models.FileField()
        phash = PerceptualHashField()

        class Meta:
            app_label = "testapp"
            managed = False

        def __str__(self) -> str:
            return "foreign"

    assert hashed_by_field(Foreign, "file") is None


def test_migrations_have_the_field_where_they_say_so() -> None:
    state = ModelState.from_model(Plain)
    assert isinstance(state.fields["file_hashed_by"], HashedByField)
    older = state.clone()
    del older.fields["file_hashed_by"]
    for each, expected in ((state, True), (older, False)):
        project = ProjectState()
        project.add_model(each)
        model = project.apps.get_model("testapp", "plain")
        assert (hashed_by_field(model, "file") is not None) is expected


def test_migration_names_the_source_only() -> None:
    _, path, args, kwargs = HashedByField(source="cover").deconstruct()
    assert (path, args, kwargs) == ("hashing.fields.HashedByField", [], {"source": "cover"})
