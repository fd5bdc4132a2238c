"""Saving: one behaviour over many shapes of models."""

import logging
from io import BytesIO, UnsupportedOperation
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from hashing.exceptions import Refusal
from hashing.pictures.decoding import Picture
from hashing.receivers import hash_stored
from tests.hashing.saved_rows import fresh, hash_of, stored
from tests.pictures import encoded, photo, upload
from tests.testapp.models import Twofold

pytestmark = pytest.mark.django_db


class Stream:
    """A picture that can be read once, in portions."""

    stored: bytes = encoded(photo(1))

    def __init__(self) -> None:
        self.content = BytesIO(self.stored)
        self.size = len(self.stored)

    def read(self, size: int = -1) -> Any:
        return self.content.read(size)


class Pipe(Stream):
    """A stream that says so, as pipes and answers of servers do."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise UnsupportedOperation("seek")


class Silent(Stream):
    """A stream that has no methods but one."""


class Text(Stream):
    """A file whose content is not bytes."""

    stored = b"no picture"

    def seek(self, position: int) -> int:
        return self.content.seek(position)

    def read(self, size: int = -1) -> Any:
        return self.content.read(size).decode()


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
        (message,) = caplog.messages
        label = f"{model._meta.label} {row.pk} ({row.file.name})"
        assert message.startswith(f"No hashes for {label}: This file is not a picture")
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
        label = f"{model._meta.label} {row.pk} (gone/photo.jpg)"
        assert message.startswith(f"No hashes for {label}: The stored file cannot be read: ")

    @pytest.mark.parametrize("kind", [Pipe, Silent, Text])
    def test_file_that_cannot_be_rewound_or_decoded_is_stored_whole_without_hash(
        self, model: Any, kind: type[Stream], caplog: pytest.LogCaptureFixture
    ) -> None:
        content = kind()
        with caplog.at_level(logging.WARNING, "hashing"):
            row = model.objects.create(file=File(content, name="stream.jpg"))
        assert fresh(row).phash is None
        assert row in model.objects.unhashed("file")
        with default_storage.open(row.file.name) as file:
            assert file.read() == kind.stored
        (message,) = caplog.messages
        assert message.startswith(f"No hashes for {model._meta.label} {row.pk} ({row.file.name}): ")

    def test_stream_that_was_stored_can_be_hashed_later(self, model: Any) -> None:
        row = model.objects.create(file=File(Pipe(), name="stream.jpg"))
        assert hash_stored(fresh(row), "file")
        assert fresh(row).phash == hash_of(1)

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
