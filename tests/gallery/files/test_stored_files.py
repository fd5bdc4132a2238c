"""Files are stored before their row, and removed if it is never written."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError
from django.db.models import QuerySet

from gallery.files import stored_files as module
from gallery.files.stored_files import kept_together, kept_with_row, write_files
from gallery.models import Image
from gallery.uploads.accepted_files import decoded
from gallery.uploads.details import Details
from gallery.uploads.new_pictures import store
from gallery.uploads.receiving import receive
from hashing.pictures import decoding
from tests.gallery.media_files import stored_files
from tests.pictures import encoded, photo, upload

STEPS = ["set_hashes", "set_file_columns", "store_renditions", "store_original"]


def stored(seed: int, owner: User) -> Image:
    file = upload(seed)
    return store(file, decoded(file), owner, file.name, Details())


class TestWriteFiles:
    def test_all_that_follows_from_the_file_is_set_and_stored(self, settings: Any) -> None:
        image, file = Image(), upload(1, format="PNG")
        write_files(image, file, decoded(file))
        assert (image.format, image.size) == ("PNG", (320, 240))
        assert image.phash is not None
        original, rendition = sorted(stored_files(settings))
        assert original == Path(image.file.path)
        assert original.read_bytes() == encoded(photo(1), "PNG")
        assert rendition.name == f"{image.sha256[:16]}-320.webp"

    def test_saving_the_row_decodes_nothing(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        image, file = Image(), upload(1)
        write_files(image, file, decoded(file))
        phash = image.phash
        monkeypatch.setattr(decoding, "identified", lambda *_: pytest.fail("decoded again"))
        image.save()
        Image.objects.get().save()
        assert Image.objects.get().phash == phash

    @pytest.mark.parametrize("step", STEPS)
    def test_step_that_fails_leaves_nothing(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        def fail(*_: Any) -> None:
            raise RuntimeError(step)

        monkeypatch.setattr(module, step, fail)
        image, file = Image(), upload(1)
        with pytest.raises(RuntimeError, match=step):
            write_files(image, file, decoded(file))
        assert not stored_files(settings)
        assert not image.file

    def test_save_made_in_code_does_the_same(self, db: None, settings: Any) -> None:
        file = SimpleUploadedFile("a.jpg", encoded(photo(1)))
        saved = Image.objects.create(file=file)
        written, file = Image(), upload(1)
        write_files(written, file, decoded(file))
        for name in Image.DERIVED:
            assert getattr(saved, name) == getattr(written, name), name
        assert len(stored_files(settings, "renditions")) == 2


@pytest.mark.parametrize("can_be_asked", [True, False])
def test_row_that_may_have_been_written_keeps_its_files(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch, can_be_asked: bool
) -> None:
    """A connection that breaks during a commit does not say whether the commit succeeded."""

    def fail(*_: Any) -> None:
        raise InterfaceError("connection already closed")

    image = receive(upload(1), ann).image
    files = stored_files(settings)
    with pytest.raises(InterfaceError), kept_with_row(image):  # noqa: PT012 (the block is tested)
        if not can_be_asked:
            image.delete()
            monkeypatch.setattr(QuerySet, "exists", fail)
        fail()
    assert stored_files(settings) == files


@pytest.mark.django_db(transaction=True)
def test_transaction_that_is_rolled_back_takes_its_files_along(settings: Any) -> None:
    owner = User.objects.create_user("ann")
    with kept_together() as images:
        images.append(stored(1, owner))
    kept = stored_files(settings)
    with pytest.raises(KeyboardInterrupt), kept_together() as images:  # noqa: PT012 (likewise)
        images.append(stored(2, owner))
        images.append(stored(3, owner))
        raise KeyboardInterrupt
    assert Image.objects.count() == 1
    assert stored_files(settings) == kept != []
