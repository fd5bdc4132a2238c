"""An uploaded file becomes a stored picture, or is rejected with a reason."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image as PillowImage

from gallery import library
from gallery.models import Album, Image, Tag
from gallery.uploads import new_pictures, receiving
from gallery.uploads.details import Details
from gallery.uploads.receiving import receive
from hashing.pictures import decoding
from tests.gallery.media_files import stored_files
from tests.pictures import encoded, photo, upload


class TestStored:
    def test_file_is_kept_byte_for_byte(self, ann: User) -> None:
        image = receive(upload(1), ann).image
        with image.file.open() as kept:
            assert kept.read() == encoded(photo(1))

    def test_facts_of_the_file_are_kept(self, ann: User) -> None:
        image = Image.objects.get(pk=receive(upload(1, "Garden party.jpg"), ann).image.pk)
        assert (image.format, image.size) == ("JPEG", (320, 240))
        assert image.byte_size == len(encoded(photo(1)))
        assert (image.owner, image.original_name) == (ann, "Garden party.jpg")
        assert image.title == "Garden party"
        assert image.content_digest.startswith("jpegscan1:")
        assert None not in (image.ahash, image.dhash, image.phash, image.whash, image.colorhash)

    def test_details_from_the_sender_are_kept(self, ann: User) -> None:
        Tag.objects.create(name="Beach")
        details = Details(
            title="T", visibility="private", tags=("beach", " sea "), albums=("2026",)
        )
        image = receive(upload(1), ann, details).image
        assert (image.title, image.visibility) == ("T", "private")
        assert {tag.name for tag in image.tags.all()} == {"Beach", "sea"}
        assert [album.name for album in image.albums.all()] == ["2026"]
        assert (Tag.objects.count(), Album.objects.count()) == (2, 1)

    def test_names_are_text_only(self, ann: User, settings: Any) -> None:
        file = upload(1)
        file._name = "../../evil\x00\u202e.jpg"
        image = receive(file, ann).image
        assert image.original_name == "evil.jpg"
        assert image.file.name.startswith("originals/")

    def test_look_alikes_come_with_it(self, ann: User) -> None:
        first = receive(upload(1), ann).image
        receive(upload(2), ann)
        (look_alike,) = receive(upload(1, quality=40), ann).similar
        assert look_alike.image == first
        assert look_alike.distance <= 4


class TestWork:
    """How often the steps that take time are done."""

    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """What Pillow was asked to open since the test began."""
        opened: list[Any] = []
        real = decoding.identified

        def spy(file: Any, formats: Any) -> PillowImage.Image:
            opened.append(file)
            return real(file, formats)

        monkeypatch.setattr(decoding, "identified", spy)
        return opened

    def test_file_is_decoded_once(self, ann: User, opened: list[Any]) -> None:
        receive(upload(1), ann)
        assert len(opened) == 1

    def test_file_of_a_copy_is_not_decoded(self, ann: User, opened: list[Any]) -> None:
        first = receive(upload(1), ann).image
        opened.clear()
        assert receive(upload(1), ann).image == first
        assert not opened

    def test_file_is_digested_once(self, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "file_digest", lambda _: pytest.fail("digested again"))
        assert receive(upload(1), ann).status == "stored"


class TestDuplicates:
    def test_same_file_is_stored_once(self, ann: User, settings: Any) -> None:
        first = receive(upload(1), ann).image
        files = stored_files(settings)
        outcome = receive(upload(1, "other name.jpg"), ann)
        assert (outcome.status, outcome.code, outcome.image) == ("duplicate", "duplicate", first)
        assert stored_files(settings) == files

    def test_copy_in_the_trash_is_named(self, ann: User) -> None:
        image = receive(upload(1), ann).image
        library.trash([image], ann)
        outcome = receive(upload(1), ann)
        assert (outcome.status, outcome.code, outcome.image) == ("duplicate", "in_trash", image)

    def test_known_copies_let_it_be_stored_once_more(self, ann: User) -> None:
        first = receive(upload(1), ann).image
        second = receive(upload(1), ann, known_copies=1)
        assert second.status == "stored"
        assert [look_alike.image for look_alike in second.similar] == [first]
        # Sent again, as after a lost answer.
        retried = receive(upload(1), ann, known_copies=1)
        assert (retried.status, retried.image) == ("duplicate", second.image)
        assert receive(upload(1), ann).image == second.image
        assert Image.objects.count() == 2

    def test_copy_outside_the_trash_is_named_first(self, ann: User) -> None:
        first = receive(upload(1), ann).image
        library.trash([receive(upload(1), ann, known_copies=1).image], ann)
        outcome = receive(upload(1), ann)
        assert (outcome.code, outcome.image) == ("duplicate", first)

    def test_another_owner_has_a_copy_of_their_own(self, ann: User, bob: User) -> None:
        receive(upload(1), bob, Details(visibility="private"))
        outcome = receive(upload(1), ann)
        assert (outcome.status, outcome.similar) == ("stored", ())

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("known_copies", [0, 1])
    def test_file_sent_several_times_at_once_is_stored_once(self, known_copies: int) -> None:
        owner = User.objects.create_user("ann")
        for _ in range(known_copies):
            receive(upload(1), owner)
        statuses = []

        def send() -> None:
            try:
                statuses.append(receive(upload(1), owner, known_copies=known_copies).status)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == ["duplicate"] * 7 + ["stored"]
        assert Image.objects.count() == known_copies + 1


def test_rejected_file_leaves_nothing(ann: User, settings: Any) -> None:
    outcome = receive(SimpleUploadedFile("a.jpg", encoded(photo(1))[:4000]), ann)
    assert (outcome.status, outcome.code, outcome.image) == ("rejected", "truncated", None)
    assert outcome.reason.endswith(".")
    assert not Image.objects.exists()
    assert not stored_files(settings)


@pytest.mark.parametrize(
    ("module", "function"),
    [(new_pictures, "get_or_create_named"), (receiving, "save_row"), (receiving, "_lock")],
    ids=["tags", "row", "lock"],
)
def test_failed_row_leaves_nothing(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch, module: Any, function: str
) -> None:
    kept = receive(upload(2), ann).image
    files = stored_files(settings)

    def fail(*_: Any) -> None:
        assert len(stored_files(settings)) > len(files), "files are stored before the row"
        raise RuntimeError("the database is broken")

    monkeypatch.setattr(module, function, fail)
    with pytest.raises(RuntimeError):
        receive(upload(1), ann)
    assert Image.objects.get() == kept
    assert stored_files(settings) == files


@pytest.mark.parametrize("folder", ["originals", "renditions"])
def test_full_disk_leaves_nothing(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    real = FileSystemStorage._save

    def save(self: FileSystemStorage, name: str, content: Any) -> str:
        if not name.startswith(folder):
            return real(self, name, content)
        real(self, name, ContentFile(b"the beginning of it"))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    with pytest.raises(OSError, match="No space left"):
        receive(upload(1), ann)
    assert Image.objects.count() == 0
    assert stored_files(settings) == []


def test_files_lie_below_the_media_folder(ann: User, settings: Any) -> None:
    receive(upload(1, "../../up.jpg"), ann)
    folders = {
        path.relative_to(Path(settings.MEDIA_ROOT)).parts[0] for path in stored_files(settings)
    }
    assert folders == {"originals", "renditions"}
