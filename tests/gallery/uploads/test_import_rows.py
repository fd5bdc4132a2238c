"""Rows of imported pictures: earlier ones are found, and new ones written in batches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.models import Image
from gallery.uploads import folder_import
from gallery.uploads.import_rows import earlier_imports, imported_before
from tests.gallery.folder_imports import counts, imported, originals, small_pictures

AddImage = Callable[..., Image]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve small pictures."""
    return small_pictures(tmp_path / "album")


class TestEarlierImports:
    def test_each_owner_has_their_own(self, add_image: AddImage, ann: User, bob: User) -> None:
        image = add_image(1, source="album/1.jpg")
        assert earlier_imports(["album/1.jpg"], ann) == {"album/1.jpg": {image.sha256: image}}
        assert earlier_imports(["album/1.jpg"], bob) == {}
        assert earlier_imports(["album/1.jpg"], None) == {}
        assert earlier_imports(["album/2.jpg"], ann) == {}

    def test_copies_outside_the_trash_come_before_older_ones(
        self, add_image: AddImage, ann: User
    ) -> None:
        digest = "a" * 64
        images = [add_image(seed, source="album/1.jpg") for seed in range(3)]
        Image.objects.update(sha256=digest)
        assert earlier_imports(["album/1.jpg"], ann)["album/1.jpg"][digest] == images[0]
        Image.objects.filter(pk=images[0].pk).update(trashed_at=timezone.now())
        assert earlier_imports(["album/1.jpg"], ann)["album/1.jpg"][digest] == images[1]

    def test_picture_in_the_trash_has_a_reason(self) -> None:
        assert imported_before("a.jpg", Image()).reason == ""
        outcome = imported_before("a.jpg", Image(trashed_at=timezone.now()))
        assert (outcome.status, outcome.code) == ("duplicate", "in_trash")
        assert "Restore it from there" in outcome.reason


def test_row_that_no_column_takes_stops_no_other(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = folder_import.new_image

    def broken(*args: Any) -> Image:
        image = real(*args)
        if image.original_name == "07.jpg":
            image.visibility = None
        return image

    monkeypatch.setattr(folder_import, "new_image", broken)
    monkeypatch.setattr(folder_import, "SHARE", 1)  # all in one batch
    answer = imported(folder)
    assert counts(answer) == (11, 0, 1)
    assert answer["results"][7]["code"] == "not_stored"
    assert len(originals(settings)) == Image.objects.count() == 11
