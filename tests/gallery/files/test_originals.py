"""Originals are stored whole, under keys that the server makes."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile

from gallery.files.originals import open_original, store_original
from gallery.models import Image
from tests.gallery.media_files import stored_files
from tests.pictures import encoded, photo


@pytest.mark.parametrize(
    ("format", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png"), ("HEIF", ".heic")]
)
def test_extension_follows_from_the_format(format: str, suffix: str) -> None:
    image = Image(format=format)
    store_original(image, SimpleUploadedFile("../../evil.exe", b"bytes"))
    assert image.file.name.startswith("originals/")
    assert Path(image.file.name).suffix == suffix


def test_file_is_stored_from_its_beginning() -> None:
    file = io.BytesIO(encoded(photo(1)))
    file.seek(100)
    image = Image(format="JPEG")
    store_original(image, file)
    with open_original(image) as original:
        assert original.read() == file.getvalue()


def test_incomplete_file_is_removed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FileSystemStorage._save

    def save(self: FileSystemStorage, name: str, content: Any) -> str:
        real(self, name, content)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    image = Image(format="JPEG")
    with pytest.raises(OSError, match="No space left"):
        store_original(image, io.BytesIO(b"bytes"))
    assert not stored_files(settings)
    assert not image.file


def test_picture_without_a_file_has_no_original() -> None:
    with pytest.raises(FileNotFoundError, match="has no file"):
        open_original(Image())
