"""Saving decodes a file once, and opens none in vain."""

import copy
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command

from hashing.conf import decode_options
from hashing.pictures.decoding import decode
from tests.hashing.saved_rows import fresh, hash_of, stored
from tests.pictures import upload
from tests.testapp.models import Plain

pytestmark = pytest.mark.django_db


class TestSaving:
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


def test_deleted_row_needs_no_file(opened_names: list[str]) -> None:
    row = Plain.objects.create(file=upload(1))
    default_storage.delete(row.file.name)
    row.delete()
    assert not opened_names
