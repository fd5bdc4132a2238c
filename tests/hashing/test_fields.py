"""The field: a PerceptualHash in Python, a signed BIGINT in the database, hex in text."""

import json
from typing import Any

import pytest
from django.core import checks, serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact
from django.forms import modelform_factory
from django.test.utils import isolate_apps, register_lookup

from hashing.fields import PerceptualHashField, compared_fields, hash_fields, hashed_files
from hashing.fingerprints.perceptual_hash import PerceptualHash
from tests.testapp.models import Matched, Plain, PlainChild, PlainProxy, Shelf, Twofold

LOW = PerceptualHash.from_hex("00000000000000ff")
HIGH = PerceptualHash.from_hex("81d07fffe0611a85")


def in_database(row: Plain) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phash FROM testapp_plain WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hash_", [LOW, HIGH, PerceptualHash(0), PerceptualHash(2**64 - 1)], ids=str
)
def test_hash_is_signed_in_the_database_and_a_value_in_python(hash_: PerceptualHash) -> None:
    row = Plain.objects.create(phash=hash_)
    assert in_database(row) == hash_.signed
    assert Plain.objects.get(pk=row.pk).phash == hash_
    assert Plain.objects.values_list("phash", flat=True).get() == hash_


@pytest.mark.django_db
def test_shorter_hash_keeps_its_width() -> None:
    hash_ = PerceptualHash(2**42 - 1, width=42)
    row = Twofold.objects.create(colorhash=hash_)
    assert Twofold.objects.get(pk=row.pk).colorhash == hash_


@pytest.mark.django_db
@pytest.mark.parametrize("value", [0, 5, 2**256 - 1, 2**255 + 1], ids=hex)
def test_large_hash_is_bytes_in_the_database_and_a_value_in_python(value: int) -> None:
    hash_ = PerceptualHash(value, width=256)
    row = Matched.objects.create(dct256=hash_)
    with connection.cursor() as cursor:
        cursor.execute("SELECT dct256 FROM testapp_matched WHERE id = %s", [row.pk])
        assert bytes(cursor.fetchone()[0]) == bytes(hash_)
    assert Matched.objects.get(pk=row.pk).dct256 == hash_
    assert Matched.objects.filter(dct256=hash_, dct256__in=[hash_.hex]).get() == row
    assert not Matched.objects.filter(dct256=None)


@pytest.mark.django_db
def test_large_hash_can_be_set_by_hex_in_bulk_and_by_update() -> None:
    row = Matched.objects.create()
    row.dct256 = "ab" * 32
    Matched.objects.bulk_update([row], ["dct256"])
    assert Matched.objects.get().dct256 == PerceptualHash.from_hex("ab" * 32)
    Matched.objects.update(dct256="cd" * 32)
    assert Matched.objects.get().dct256 == PerceptualHash.from_hex("cd" * 32)


@pytest.mark.django_db
def test_hash_can_be_filtered_by_value_hex_bits_and_null() -> None:
    low, high, none = (Plain.objects.create(phash=hash_) for hash_ in (LOW, HIGH, None))
    assert list(Plain.objects.filter(phash=HIGH)) == [high]
    assert list(Plain.objects.filter(phash=HIGH.hex)) == [high]
    assert list(Plain.objects.filter(phash=LOW.bits)) == [low]
    assert set(Plain.objects.filter(phash__in=[LOW, HIGH.hex])) == {low, high}
    assert list(Plain.objects.filter(phash=None)) == [none]
    assert list(Plain.objects.filter(phash__isnull=True)) == [none]


@pytest.mark.parametrize(
    "lookup",
    [
        *("gt", "gte", "lt", "lte", "range", "contains", "icontains", "startswith"),
        *("istartswith", "endswith", "iendswith", "regex", "iregex", "iexact"),
    ],
)
@pytest.mark.parametrize("path", ["phash", "shelved__phash"])
def test_lookup_that_means_nothing_is_refused_by_name(path: str, lookup: str) -> None:
    model = Plain if path == "phash" else Shelf
    with pytest.raises(FieldError, match=f"'phash' holds perceptual hashes.*'{lookup}'"):
        model._base_manager.filter(**{f"{path}__{lookup}": LOW})


@pytest.mark.django_db
def test_lookup_that_a_project_registers_is_its_own() -> None:
    class Unlike(Exact):
        lookup_name = "unlike"

        def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
            return f"<> {rhs}"

    low, high = (Plain.objects.create(phash=hash_) for hash_ in (LOW, HIGH))
    with register_lookup(PerceptualHashField, Unlike):
        assert list(Plain.objects.filter(phash__unlike=LOW)) == [high]
        assert list(Plain.objects.exclude(phash__unlike=LOW)) == [low]


@pytest.mark.django_db
def test_hash_can_be_set_by_hex_in_bulk_and_by_update() -> None:
    row = Plain.objects.create(phash=LOW.hex)
    assert in_database(row) == LOW.signed
    row.phash = HIGH
    Plain.objects.bulk_update([row], ["phash"])
    assert in_database(row) == HIGH.signed
    Plain.objects.update(phash=LOW)
    assert in_database(row) == LOW.signed


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "xyz",
            "A hash of 64 bits has 16 hex digits or 64 digits 0 and 1; 'xyz' has 3 characters.",
        ),
        ("g" * 16, "A hash in hex has digits 0-9 and a-f only, not 'gggggggggggggggg'."),
        (5, "A hash of 64 bits has 16 hex digits or 64 digits 0 and 1; '5' has 1 characters."),
    ],
)
def test_what_is_no_hash_is_invalid(value: object, sentence: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        Plain(phash=value).full_clean()
    assert invalid.value.message_dict == {"phash": [sentence]}


def test_instance_without_file_and_hash_is_valid() -> None:
    Plain().full_clean()
    Plain(phash=HIGH.hex).full_clean()


def test_hash_is_not_for_forms_unless_asked() -> None:
    assert "phash" not in modelform_factory(Plain, fields="__all__").base_fields
    field = PerceptualHashField(editable=True)
    field.set_attributes_from_name("phash")
    assert field.formfield().clean(HIGH.hex) == HIGH.hex


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["json", "xml", "jsonl"])
def test_hash_is_hex_in_fixtures_and_comes_back(format: str) -> None:
    rows = [Plain.objects.create(name="high", phash=HIGH), Plain.objects.create(name="none")]
    text = serializers.serialize(format, rows)
    assert HIGH.hex in text
    Plain.objects.all().delete()
    for restored in serializers.deserialize(format, text):
        restored.save()
    assert list(Plain.objects.order_by("pk").values_list("name", "phash")) == [
        ("high", HIGH),
        ("none", None),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("format", ["json", "xml", "jsonl"])
def test_large_hash_is_hex_in_fixtures_and_comes_back(format: str) -> None:
    hash_ = PerceptualHash(2**255 + 1, width=256)
    text = serializers.serialize(format, [Matched.objects.create(dct256=hash_)])
    assert hash_.hex in text
    Matched.objects.all().delete()
    for restored in serializers.deserialize(format, text):
        restored.save()
    assert Matched.objects.get().dct256 == hash_


@pytest.mark.django_db
def test_dumped_json_holds_null_for_no_hash() -> None:
    Plain.objects.create()
    (row,) = json.loads(serializers.serialize("json", Plain.objects.all()))
    assert row["fields"]["phash"] is None


def test_migration_pins_source_algorithm_and_version() -> None:
    field = PerceptualHashField("difference hash", source="cover", algorithm="dhash")
    field.set_attributes_from_name("dhash")
    name, path, args, kwargs = field.deconstruct()
    assert (name, path, args) == ("dhash", "hashing.fields.PerceptualHashField", [])
    identity = {"source": "cover", "algorithm": "dhash", "version": 1}
    assert kwargs.items() >= identity.items()
    again = PerceptualHashField(*args, **kwargs)
    assert again.deconstruct()[1:] == (path, args, kwargs)


def test_older_version_stays_in_its_migration() -> None:
    assert PerceptualHashField(version=7).deconstruct()[3]["version"] == 7


def test_migration_pins_the_framing_and_its_version() -> None:
    field = PerceptualHashField(framing="unframed")
    _, path, args, kwargs = field.deconstruct()
    assert kwargs["framing"] == "unframed"
    assert type(kwargs["framing"]) is str
    assert PerceptualHashField(*args, **kwargs).deconstruct()[1:] == (path, args, kwargs)
    assert "framing" not in PerceptualHashField().deconstruct()[3]


def test_unknown_framing_is_refused_where_the_field_is_declared() -> None:
    sentence = "'framing' must be one of: 'whole', 'unframed', 'uncaptioned', not 'round'"
    with pytest.raises(ValueError, match=sentence):
        PerceptualHashField(framing="round")


def test_only_whole_pictures_and_small_hashes_are_compared_by_themselves() -> None:
    assert [field.name for field in compared_fields(Matched)] == ["phash"]


def test_unknown_algorithm_is_refused_where_the_field_is_declared() -> None:
    with pytest.raises(ValueError, match=r"^Value for 'algorithm' must be one of: 'phash', "):
        PerceptualHashField(algorithm="md5")


def test_hash_fields_are_found_with_inherited_ones_by_file() -> None:
    for model in (Plain, PlainProxy, PlainChild):
        assert [field.name for field in hash_fields(model)] == ["phash"]
    assert {
        source: [field.name for field in fields] for source, fields in hashed_files(Twofold).items()
    } == {"file": ["phash", "colorhash"], "cover": ["cover_hash"]}


def model_of(base: type[models.Model] = models.Model, **fields: Any) -> type[models.Model]:
    """Return a model with `fields` for as long as the apps are isolated."""
    meta = type("Meta", (), {"app_label": "testapp"})
    name = f"ChildOf{base.__name__}"
    return type(name, (base,), {"__module__": __name__, "Meta": meta, **fields})


def test_models_of_the_site_pass_the_checks() -> None:
    assert not checks.run_checks()


@isolate_apps("tests.testapp")
@pytest.mark.parametrize("source", ["picture", "name"])
def test_source_that_is_no_file_field_is_error_1(source: str) -> None:
    wrong = model_of(name=models.CharField(max_length=10), phash=PerceptualHashField(source=source))
    (error,) = wrong.check()
    assert error.id == "hashing.E001"
    assert error.msg == f"'source' names {source!r}, which is not a FileField of the model."
    assert error.hint == "Name the file field: PerceptualHashField(source='file', …)."
    assert error.obj == wrong._meta.get_field("phash")


@isolate_apps("tests.testapp")
@pytest.mark.parametrize("key", [models.BinaryField, models.DateTimeField, models.FloatField])
def test_key_that_has_no_exact_text_is_error_2(key: type[models.Field]) -> None:
    wrong = model_of(id=key(primary_key=True), file=models.FileField(), phash=PerceptualHashField())
    (error,) = wrong.check()
    assert error.id == "hashing.E002"
    assert error.msg.endswith(f"cannot have a primary key of the type {key.__name__}.")
    assert error.hint == "Use an integer, a UUID or text as the primary key."


@isolate_apps("tests.testapp")
def test_key_of_several_columns_is_error_2() -> None:
    wrong = model_of(
        pk=models.CompositePrimaryKey("file", "name"),
        name=models.CharField(max_length=9),
        file=models.FileField(),
        phash=PerceptualHashField(),
    )
    assert "hashing.E002" in {error.id for error in wrong.check()}


@isolate_apps("tests.testapp")
def test_key_that_links_to_a_number_and_an_inherited_file_are_fine() -> None:
    parent = model_of(file=models.ImageField())
    assert model_of(parent, phash=PerceptualHashField()).check() == []
