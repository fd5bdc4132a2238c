"""Primary keys that are no integers: everything works as it does for integers."""

import datetime
import uuid
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import models, transaction
from django.test.utils import isolate_apps
from PIL import ImageOps

from hashing.fields import hash_fields
from hashing.fingerprints.perceptual_hash import PerceptualHash
from hashing.index.audit import audit_of
from hashing.index.change_log import changes_since, note_changes
from hashing.index.process_index import index_of
from hashing.index.row_keys import NumberedKeys, row_keys_of
from hashing.models import HashChange, HashCheckpoint
from hashing.receivers import save_rehashed
from tests.hashing.changes import sql
from tests.hashing.tracked_tables import model_of, tracked
from tests.pictures import encoded, photo, upload
from tests.testapp.models import Dated, Identified, IdentifiedChild, Plain, Titled

pytestmark = pytest.mark.django_db(transaction=True)

KEYS: dict[type[models.Model], Callable[[int], Any]] = {
    Identified: lambda number: uuid.UUID(int=2**127 + number * 3**70),
    Titled: lambda number: f"Nº {number}, 'naïve' % ▲",
    Dated: lambda number: datetime.date(1999, 12, 31) + datetime.timedelta(days=number),
}


@pytest.fixture(params=KEYS, ids=lambda model: model.__name__)
def keyed(request: pytest.FixtureRequest) -> Any:
    return request.param


class Interrupted(BaseException):
    """What ends a command, as Ctrl-C does."""


def make(model: Any, number: int, value: int) -> Any:
    """Store a row whose key follows from `number`, with a hash that is `value`."""
    name = hash_fields(model)[0].name
    return model.objects.create(pk=KEYS[model](number), **{name: PerceptualHash(value)})


def near(model: Any, value: int, radius: int = 0) -> list[Any]:
    return [row.pk for row in model.objects.similar_to(PerceptualHash(value), max_distance=radius)]


def framed(seed: int) -> SimpleUploadedFile:
    picture = ImageOps.expand(photo(seed), border=40, fill="black")
    return SimpleUploadedFile(f"framed-{seed}.png", encoded(picture, "PNG"))


def test_rows_are_found_by_the_next_search_however_they_change(keyed: Any) -> None:
    first, second, third = (make(keyed, number, 2**number - 1) for number in (1, 2, 3))
    assert near(keyed, 0, 3) == [first.pk, second.pk, third.pk]
    assert keyed.objects.distances_to(second, max_distance=2) == {first.pk: 1, third.pk: 1}
    name = hash_fields(keyed)[0].name
    keyed.objects.filter(pk=first.pk).update(**{name: PerceptualHash(7)})
    assert set(near(keyed, 7)) == {first.pk, third.pk}
    keyed.objects.filter(pk=second.pk).update(**{keyed._meta.pk.name: KEYS[keyed](9)})
    assert near(keyed, 3) == [KEYS[keyed](9)]
    third.delete()
    assert near(keyed, 7) == [first.pk]
    sql(f"DELETE FROM {keyed._meta.db_table}")
    assert near(keyed, 7, 64) == []
    assert make(keyed, 1, 7).pk in near(keyed, 7)
    assert audit_of(keyed, "default", 5).findings == []


def test_log_names_the_changed_rows(keyed: Any) -> None:
    cursor = changes_since(keyed, None).cursor
    row, other = make(keyed, 1, 1), make(keyed, 2, 2)
    keys = row_keys_of(keyed, "default")
    changes = changes_since(keyed, cursor)
    assert set(keys.keys(changes.keys)) == {row.pk, other.pk}
    note_changes(keyed, [other.pk])
    assert keys.keys(changes_since(keyed, changes.cursor).keys) == [other.pk]
    assert not HashChange.objects.filter(table_name=keyed._meta.db_table, key__gt=0).exists()


def test_transaction_sees_its_own_rows_only_until_it_is_rolled_back(keyed: Any) -> None:
    row = make(keyed, 1, 1)
    assert near(keyed, 1) == [row.pk]
    with transaction.atomic():
        make(keyed, 2, 1)
        assert len(near(keyed, 1)) == 2
        transaction.set_rollback(True)
    assert near(keyed, 1) == [row.pk]


def test_limits_count_the_rows_of_a_queryset(settings: Any) -> None:
    settings.HASHING = {"MAX_RESULTS": 2}
    rows = [make(Titled, number, 2**number - 1) for number in range(4)]
    assert near(Titled, 0, 9) == [row.pk for row in rows[:2]]
    kept = Titled.objects.exclude(pk=rows[0].pk)
    found = kept.similar_to(PerceptualHash(0), max_distance=9)
    assert [row.pk for row in found] == [row.pk for row in rows[1:3]]


@pytest.mark.parametrize("model", [Identified, Titled])
def test_same_picture_is_matched(model: Any) -> None:
    source = model.hash_source
    plain, frame, other = (
        model.objects.create(pk=KEYS[model](number), **{source: file})
        for number, file in enumerate((upload(1), framed(1), upload(2)))
    )
    assert [row.pk for row in model.objects.matches_of(plain)] == [frame.pk]
    (match,) = model.objects.matches_of(frame)
    assert (match.pk, match.framing, match.turn) == (plain.pk, "unframed", "upright")
    assert not model.objects.matches_of(other)


def test_stored_files_are_hashed_in_the_order_of_their_keys(keyed: Any) -> None:
    source = hash_fields(keyed)[0].source
    for number in range(3):
        keyed.objects.create(pk=KEYS[keyed](number), **{source: upload(number)})
    keyed.objects.update(**{field.name: None for field in hash_fields(keyed)})
    out = StringIO()
    call_command("hash_images", "--missing", "--model", keyed._meta.label, stdout=out)
    assert out.getvalue().startswith("3 hashed, 0 failed")
    call_command("hash_images", "--all", "--model", keyed._meta.label, "--batch", "1", stdout=out)
    assert not HashCheckpoint.objects.exists()
    assert not keyed.objects.unhashed()


def test_interrupted_run_resumes_after_its_key(keyed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source, options = hash_fields(keyed)[0].source, ("--all", "--model", keyed._meta.label)
    keys = sorted(
        keyed.objects.create(pk=KEYS[keyed](number), **{source: upload(number)}).pk
        for number in range(3)
    )
    saved: list[Any] = []

    def save(instance: models.Model, source: str) -> bool:
        if saved:
            raise Interrupted
        saved.append(instance.pk)
        return save_rehashed(instance, source)

    with monkeypatch.context() as patch:
        patch.setattr("hashing.management.commands.hash_images.save_rehashed", save)
        with pytest.raises(Interrupted):
            call_command("hash_images", *options)
    assert saved == keys[:1]
    assert HashCheckpoint.objects.get().after == str(keys[0])
    out, errors = StringIO(), StringIO()
    call_command("hash_images", *options, stdout=out, stderr=errors)
    assert out.getvalue().startswith("2 hashed")
    assert f"resuming after row {keys[0]} the run" in errors.getvalue()


def test_child_shares_the_keys_of_its_parent() -> None:
    child = IdentifiedChild.objects.create(pk=KEYS[Identified](1), phash=PerceptualHash(5))
    twin = make(Identified, 2, 5)
    assert near(Identified, 5) == sorted([child.pk, twin.pk])
    assert near(IdentifiedChild, 5) == [child.pk]
    assert [row.pk for row in Identified.objects.similar_to(child)] == [twin.pk]


def test_wide_hashes_are_read_in_bulk_too() -> None:
    rows = {f"bit {place}": 1 << place for place in (0, 64, 255)}
    for title, value in rows.items():
        Titled.objects.create(title=title, dct256=PerceptualHash(value, 256))
    index = index_of(Titled._meta.get_field("dct256"), "default").current()
    for title, value in rows.items():
        numbers, _ = index.within(value, 0)
        assert row_keys_of(Titled, "default").keys(numbers) == [title]


def test_key_given_as_text_is_the_same_key() -> None:
    row, twin = make(Identified, 1, 1), make(Identified, 2, 1)
    row.pk = str(row.pk)
    assert [other.pk for other in Identified.objects.similar_to(row)] == [twin.pk]


def test_picture_that_is_not_saved_has_look_alikes() -> None:
    row = make(Identified, 1, 1)
    assert list(Identified.objects.similar_to(Identified(phash=PerceptualHash(1)))) == [row]


def test_integer_keys_are_their_own_numbers() -> None:
    assert not isinstance(row_keys_of(Plain, "default"), NumberedKeys)
    row = Plain.objects.create(phash=PerceptualHash(1))
    change = HashChange.objects.filter(table_name=Plain._meta.db_table).latest("seq")
    assert (change.key, change.text_key) == (row.pk, "")


@isolate_apps("tests.testapp")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        (models.DecimalField(max_digits=9, decimal_places=2, primary_key=True), "12.50"),
        (models.SlugField(primary_key=True), "007"),
    ],
    ids=["decimal", "slug"],
)
def test_further_types_of_keys_work(key: Any, value: Any) -> None:
    model = model_of(f"keyed_by_{type(key).__name__.lower()}", id=key)
    assert model.check() == []
    with tracked(model):
        model.objects.create(pk=value, phash=PerceptualHash(1))
        key = model.objects.get().pk
        assert near(model, 1) == [key]
        model.objects.update(phash=PerceptualHash(2))
        assert near(model, 2) == [key]
        assert near(model, 1) == []
        assert audit_of(model, "default", 1).findings == []
