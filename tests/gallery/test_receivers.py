"""Rows that are saved or deleted in code keep their columns and files in step."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gallery.models import Image
from tests.gallery.media_files import stored_files
from tests.pictures import upload


def test_saved_row_gets_its_columns_and_renditions(db: None, settings: Any) -> None:
    image = Image.objects.create(file=upload(1))
    assert (image.format, image.size) == ("JPEG", (320, 240))
    assert len(stored_files(settings, "renditions")) == 1


def test_file_that_cannot_be_decoded_clears_the_columns(db: None) -> None:
    image = Image.objects.create(file=upload(1))
    image.file = SimpleUploadedFile("a.jpg", b"no picture")
    image.save()
    saved = Image.objects.get()
    assert (saved.sha256, saved.width, saved.format, saved.phash) == ("", None, "", None)


@pytest.mark.parametrize("is_shared", [False, True])
def test_deleted_row_takes_its_files_along(
    db: None, settings: Any, django_capture_on_commit_callbacks: Any, is_shared: bool
) -> None:
    image = Image.objects.create(file=upload(1))
    if is_shared:
        other = Image.objects.create(file=image.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    # A file that another row has too is kept, with the renditions of that row.
    kept = [Path(other.file.path)] if is_shared else []
    assert stored_files(settings, "originals") == kept
    assert len(stored_files(settings, "renditions")) == len(kept)


def test_deletion_that_is_rolled_back_removes_nothing(
    db: None, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    image = Image.objects.create(file=upload(1))
    with django_capture_on_commit_callbacks(execute=False):
        image.delete()
    assert len(stored_files(settings)) == 2
