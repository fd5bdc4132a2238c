"""Pictures whose original is missing from the storage."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from gallery.files.missing_files import is_missing, missing
from gallery.models import Image

AddImage = Callable[..., Image]


def test_only_missing_files_are_reported(add_image: AddImage) -> None:
    present, removed, without_file = add_image(1), add_image(2), Image(pk=0)
    Path(removed.file.path).unlink()
    assert missing([present, removed, without_file]) == {removed.pk, without_file.pk}
    assert missing([]) == set()


def test_storage_that_does_not_answer_has_no_missing_files(
    add_image: AddImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ConnectionError("the network is down")

    image = add_image(1)
    monkeypatch.setattr(FileSystemStorage, "exists", fail)
    assert not is_missing(image)
