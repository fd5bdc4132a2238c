"""Saving: one behaviour over many shapes of models, and files that are not opened in vain."""

import copy
import logging
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import models

from hashing.conf import decode_options
from hashing.decoding import Picture, decode
from hashing.exceptions import Refusal
from hashing.fingerprint import fingerprint
from hashing.perceptual_hash import PerceptualHash
from hashing.receivers import hash_stored
from hashing.signals import picture_decoded
from tests.pictures import encoded, photo, upload
from tests.testapp.models import Based, HashFirst, Plain, PlainChild, PlainProxy, Twofold

pytestmark = pytest.mark.django_db

SHAPES = [Plain, PlainProxy, PlainChild, HashFirst, Based, Twofold]


@pytest.fixture(params=SHAPES, ids=lambda model: model.__name__)
def model(request: pytest.FixtureRequest) -> type[models.Model]:
    return request.param


@pytest.fixture
def signals() -> Iterator[list[dict[str, Any]]]:
    """A list of what `picture_decoded` has told since the test began."""
    told: list[dict[str, Any]] = []

    def listen(**said: Any) -> None:
        told.append(said)

    picture_decoded.connect(listen)
    yield told
    picture_decoded.disconnect(listen)


def hash_of(seed: int, algorithm: str = "phash") -> PerceptualHash:
    data = encoded(photo(seed))
    return fingerprint(BytesIO(data), [algorithm], decode_options()).hashes[algorithm]


def stored(seed: int) -> str:
    """Return the name of a stored file that no row has yet."""
    return default_storage.save(f"stored-{seed}.jpg", ContentFile(encoded(photo(seed))))


def fresh(row: models.Model) -> Any:
    return type(row)._base_manager.get(pk=row.pk)


class TestSaving:
    """What holds for every model with a hash field."""

    def test_new_row_gets_its_hash(self, model: Any) -> None:
        row = model(file=upload(1))
        row.save()
        assert row.phash == fresh(row).phash == hash_of(1)

    def test_created_row_gets_its_hash(self, model: Any) -> None:
        row = model.objects.create(file=upload(1))
        assert row.phash == fresh(row).phash == hash_of(1)

    def test_file_saved_through_its_field_is_hashed(self, model: Any) -> None:
        row = model.objects.create()
        row.file.save("photo.jpg", ContentFile(encoded(photo(1))))
        assert fresh(row).phash == hash_of(1)

    def test_replaced_file_replaces_the_hash(self, model: Any) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.file = upload(2)
        row.save()
        assert row.phash == fresh(row).phash == hash_of(2)

    def test_replaced_file_of_the_same_name_replaces_the_hash(self, model: Any) -> None:
        row = fresh(model.objects.create(file=upload(1, name="same.jpg")))
        row.file.delete(save=False)
        row.file = upload(2, name="same.jpg")
        row.save()
        assert fresh(row).phash == hash_of(2)

    def test_cleared_file_clears_the_hash(self, model: Any) -> None:
        for nothing in ("", None):
            row = fresh(model.objects.create(file=upload(1)))
            row.file = nothing
            row.save()
            assert row.phash is None
            assert fresh(row).phash is None

    def test_deleted_file_clears_the_hash(self, model: Any) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.file.delete()
        assert fresh(row).phash is None

    def test_saving_the_file_only_saves_the_hash_too(self, model: Any) -> None:
        row = fresh(model.objects.create(file=upload(1), name="before"))
        row.file, row.name = upload(2), "after"
        row.save(update_fields=["file"])
        assert fresh(row).phash == hash_of(2)
        assert fresh(row).name == "before"

    def test_clearing_the_file_only_clears_the_hash_too(self, model: Any) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.file = ""
        row.save(update_fields=["file"])
        assert fresh(row).phash is None

    def test_saving_something_else_leaves_the_new_file_for_later(
        self, model: Any, decoded_files: list[object]
    ) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.file, row.name = upload(2), "later"
        decoded_files.clear()
        row.save(update_fields=["name"])
        assert not decoded_files
        assert fresh(row).phash == hash_of(1)
        row.save()
        assert len(decoded_files) == 1
        assert fresh(row).phash == hash_of(2)

    def test_path_that_is_assigned_is_hashed(self, model: Any) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.file = stored(2)
        row.save()
        assert fresh(row).phash == hash_of(2)

    def test_new_row_for_a_stored_file_is_hashed(self, model: Any) -> None:
        assert model.objects.create(file=stored(3)).phash == hash_of(3)

    def test_new_row_keeps_the_hash_that_came_along(
        self, model: Any, opened_names: list[str]
    ) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.pk = row.id = None
        row._state.adding = True
        opened_names.clear()
        row.save()
        assert not opened_names
        assert fresh(row).phash == hash_of(1)

    def test_one_save_decodes_once_and_opens_nothing_else(
        self, model: Any, decoded_files: list[object], opened_names: list[str]
    ) -> None:
        row = model.objects.create(file=upload(1))
        assert len(decoded_files) == 1
        row.file = upload(2)
        row.save()
        assert len(decoded_files) == 2
        assert not opened_names
        row.file = stored(3)
        row.save()
        assert len(decoded_files) == 3
        assert opened_names == [row.file.name]

    def test_saving_again_opens_nothing(self, model: Any, opened_names: list[str]) -> None:
        row = model.objects.create(file=upload(1))
        row.save()
        row.save(update_fields=["file"])
        row = fresh(row)
        row.name = "again"
        row.save()
        row.save(update_fields=["name"])
        assert not opened_names
        assert fresh(row).phash == hash_of(1)

    def test_saving_after_a_refresh_opens_nothing(
        self, model: Any, opened_names: list[str]
    ) -> None:
        row = model.objects.create(file=upload(1))
        other = fresh(row)
        other.file = upload(2)
        other.save()
        row.refresh_from_db()
        row.save()
        assert not opened_names
        assert row.phash == fresh(row).phash == hash_of(2)

    def test_saving_after_a_refresh_of_the_file_alone_hashes_it(self, model: Any) -> None:
        row = model.objects.create(file=upload(1))
        other = fresh(row)
        other.file = upload(2)
        other.save()
        row.refresh_from_db(fields=["file"])
        row.save()
        assert fresh(row).phash == hash_of(2)

    def test_deferred_fields_stay_deferred(
        self, model: Any, opened_names: list[str], django_assert_num_queries: Any
    ) -> None:
        row = model.objects.create(file=upload(1))
        for some in (model.objects.only("name"), model.objects.defer("phash", "file")):
            with django_assert_num_queries(1):
                row = some.get(pk=row.pk)
            assert row.get_deferred_fields() >= {"file", "phash"}
            row.name = "saved"
            row.save()
            assert row.get_deferred_fields() >= {"file", "phash"}
        assert not opened_names
        assert fresh(row).phash == hash_of(1)

    def test_deferred_file_that_was_read_is_not_opened(
        self, model: Any, opened_names: list[str]
    ) -> None:
        row = model.objects.create(file=upload(1))
        for some in (model.objects.only("name"), model.objects.defer("file")):
            row = some.get(pk=row.pk)
            assert row.file.name
            row.save()
        assert not opened_names
        assert fresh(row).phash == hash_of(1)

    def test_deferred_file_that_was_replaced_is_hashed(self, model: Any) -> None:
        row = model.objects.create(file=upload(1))
        managers = (model.objects.only("name"), model.objects.defer("file"),
                    model.objects.defer("phash"))  # fmt: skip
        for seed, some in enumerate(managers, 2):
            row = some.get(pk=row.pk)
            row.file = upload(seed)
            row.save()
            assert fresh(row).phash == hash_of(seed)

    def test_copy_of_an_instance_does_not_change_what_the_first_one_knows(
        self, model: Any, opened_names: list[str]
    ) -> None:
        row = model.objects.create(file=upload(1))
        other = copy.copy(row)
        other.file = stored(2)
        other.save()
        opened_names.clear()
        row.file = other.file.name
        row.save()
        assert opened_names == [other.file.name]
        assert fresh(row).phash == hash_of(2)

    def test_picture_that_a_form_has_decoded_is_not_decoded_again(
        self, model: Any, decoded_files: list[object]
    ) -> None:
        file = File(upload(1), name="photo.jpg")
        file.picture = decode(upload(1), decode_options())
        assert model.objects.create(file=file).phash == hash_of(1)
        assert not decoded_files

    def test_file_is_stored_whole_after_it_was_decoded(self, model: Any) -> None:
        row = model.objects.create(file=upload(1))
        with default_storage.open(row.file.name) as file:
            assert file.read() == encoded(photo(1))

    def test_file_that_is_no_picture_is_saved_without_hash_and_logged_once(
        self, model: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        row = fresh(model.objects.create(file=upload(1)))
        row.file = SimpleUploadedFile("notes.jpg", b"no picture at all")
        with caplog.at_level(logging.WARNING, "hashing"):
            row.save()
        assert fresh(row).phash is None
        assert caplog.messages == [
            "No hashes for notes.jpg: This file is not a picture we can read. "
            "Choose a JPEG, PNG, GIF, WebP, AVIF or HEIC file."
        ]
        caplog.clear()
        fresh(row).save()
        assert not caplog.messages
        with default_storage.open(fresh(row).file.name) as file:
            assert file.read() == b"no picture at all"

    def test_file_that_is_missing_is_saved_without_hash_and_logged_once(
        self, model: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        row = model(file="gone/photo.jpg")
        with caplog.at_level(logging.WARNING, "hashing"):
            row.save()
        assert fresh(row).phash is None
        (message,) = caplog.messages
        assert message.startswith("No hashes for gone/photo.jpg: The stored file cannot be read: ")

    def test_decoded_picture_is_told_once_by_every_save_that_decodes(
        self, model: Any, signals: list[dict[str, Any]]
    ) -> None:
        row = model.objects.create(file=upload(1))
        row.save()
        (told,) = signals
        assert told["sender"] is model
        assert told["instance"] is row
        assert told["source"] == "file"
        assert isinstance(told["picture"], Picture)

    def test_fixture_brings_its_hash_and_opens_nothing(
        self, model: Any, opened_names: list[str], tmp_path: Path
    ) -> None:
        row = model.objects.create(file=upload(1))
        fixture = tmp_path / "rows.json"
        call_command("dumpdata", "testapp", output=str(fixture), verbosity=0)
        assert hash_of(1).hex in fixture.read_text()
        default_storage.delete(row.file.name)
        Plain.objects.all().delete()
        model.objects.all().delete()
        call_command("loaddata", str(fixture), verbosity=0)
        assert not opened_names
        assert fresh(row).phash == hash_of(1)

    def test_fixture_without_hash_opens_nothing_either(
        self, model: Any, opened_names: list[str], tmp_path: Path
    ) -> None:
        row = model.objects.create(file=upload(1))
        model._base_manager.update(phash=None)
        fixture = tmp_path / "rows.json"
        call_command("dumpdata", "testapp", output=str(fixture), verbosity=0)
        call_command("loaddata", str(fixture), verbosity=0)
        assert not opened_names
        assert fresh(row).phash is None

    def test_stored_file_can_be_hashed_anew(
        self, model: Any, decoded_files: list[object], signals: list[dict[str, Any]]
    ) -> None:
        row = model.objects.create(file=upload(1), name="kept")
        model._base_manager.update(phash=None)
        decoded_files.clear()
        signals.clear()
        assert hash_stored(fresh(row), "file")
        assert fresh(row).phash == hash_of(1)
        assert (fresh(row).name, fresh(row).file.name) == ("kept", row.file.name)
        assert len(decoded_files) == len(signals) == 1

    def test_hashing_anew_leaves_a_row_that_was_changed_meanwhile(self, model: Any) -> None:
        row = model.objects.create(file=upload(1))
        late = fresh(row)
        row.file = upload(2)
        row.save()
        assert not hash_stored(late, "file")
        assert fresh(row).phash == hash_of(2)
        assert fresh(row).file.name == row.file.name

    def test_hashing_anew_leaves_a_row_whose_file_has_gone(self, model: Any) -> None:
        row = model.objects.create(file=upload(1))
        default_storage.delete(row.file.name)
        with pytest.raises(Refusal) as refused:
            hash_stored(fresh(row), "file")
        assert refused.value.code == "unreadable"
        assert fresh(row).phash == hash_of(1)


def test_each_file_is_decoded_once_for_all_its_hashes(decoded_files: list[object]) -> None:
    row = Twofold.objects.create(file=upload(1), cover=upload(2))
    assert len(decoded_files) == 2
    assert row.phash == hash_of(1)
    assert row.colorhash == hash_of(1, "colorhash")
    assert row.cover_hash == hash_of(2, "dhash")


def test_one_file_is_replaced_without_opening_the_other(
    decoded_files: list[object], opened_names: list[str]
) -> None:
    row = fresh(Twofold.objects.create(file=upload(1), cover=upload(2)))
    decoded_files.clear()
    row.cover = upload(3)
    row.save()
    assert len(decoded_files) == 1
    assert not opened_names
    assert (fresh(row).phash, fresh(row).cover_hash) == (hash_of(1), hash_of(3, "dhash"))


def test_saving_one_file_only_leaves_the_hashes_of_the_other() -> None:
    row = fresh(Twofold.objects.create(file=upload(1), cover=upload(2)))
    row.file, row.cover = upload(3), upload(4)
    row.save(update_fields=["file", "phash"])
    assert (fresh(row).phash, fresh(row).colorhash) == (hash_of(3), hash_of(3, "colorhash"))
    assert fresh(row).cover_hash == hash_of(2, "dhash")


def test_bad_file_clears_its_own_hashes_only() -> None:
    row = fresh(Twofold.objects.create(file=upload(1), cover=upload(2)))
    row.cover = SimpleUploadedFile("cover.jpg", b"no picture")
    row.save()
    assert (fresh(row).phash, fresh(row).cover_hash) == (hash_of(1), None)


def test_deleted_row_needs_no_file(opened_names: list[str]) -> None:
    row = Plain.objects.create(file=upload(1))
    default_storage.delete(row.file.name)
    row.delete()
    assert not opened_names
