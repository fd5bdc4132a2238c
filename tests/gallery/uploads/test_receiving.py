"""A file that someone sent becomes a stored picture, or a refusal with its reason."""

import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, connection
from django.db.models import QuerySet
from PIL import Image as PillowImage

from gallery import library
from gallery.files.stored_files import kept_with_row
from gallery.models import Album, Image, Tag
from gallery.uploads import receiving
from gallery.uploads.receiving import Details, receive
from hashing.pictures import decoding
from tests.pictures import encoded, photo, upload


def stored_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


class TestStored:
    def test_file_is_kept_byte_for_byte(self, ann: User) -> None:
        file = upload(1)
        image = receive(file, ann).image
        with image.file.open() as kept:
            assert kept.read() == encoded(photo(1))

    def test_details_of_the_file_are_kept(self, ann: User) -> None:
        image = Image.objects.get(pk=receive(upload(1, "Garden party.jpg"), ann).image.pk)
        assert (image.format, image.width, image.height) == ("JPEG", 320, 240)
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

    def test_extension_is_that_of_the_format(self, ann: User) -> None:
        png = SimpleUploadedFile("really.jpg", encoded(photo(1), "PNG"))
        image = receive(png, ann).image
        assert (image.format, Path(image.file.name).suffix) == ("PNG", ".png")

    def test_taken_at_comes_from_the_camera(self, ann: User) -> None:
        exif = PillowImage.Exif()
        exif.get_ifd(0x8769)[0x9003] = "2024:05:01 12:01:02"
        image = receive(upload(1, exif=exif), ann).image
        assert image.taken_at.isoformat() == "2024-05-01T12:01:02+00:00"

    def test_it_is_decoded_once(self, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        opened = []
        real = decoding.identified
        monkeypatch.setattr(
            decoding, "identified", lambda *args: opened.append(args) or real(*args)
        )
        receive(upload(1), ann)
        assert len(opened) == 1

    def test_look_alikes_come_with_it(self, ann: User) -> None:
        first = receive(upload(1), ann).image
        receive(upload(2), ann)
        outcome = receive(upload(1, quality=40), ann)
        assert outcome.similar == [first]
        assert outcome.similar[0].distance <= 4

    def test_private_pictures_of_others_are_no_look_alikes(self, ann: User, bob: User) -> None:
        receive(upload(1), bob, Details(visibility="private"))
        assert receive(upload(1, quality=40), ann).similar == []


class TestAlreadyHere:
    def test_same_bytes_are_stored_once(self, ann: User, settings: Any) -> None:
        first = receive(upload(1), ann).image
        files = stored_files(settings)
        outcome = receive(upload(1, "other name.jpg"), ann)
        assert (outcome.status, outcome.image) == ("duplicate", first)
        assert outcome.reason == "You already have exactly this file."
        assert stored_files(settings) == files

    def test_same_bytes_are_not_decoded_again(
        self, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = receive(upload(1), ann).image
        monkeypatch.setattr(decoding, "identified", lambda *_: pytest.fail("decoded again"))
        assert receive(upload(1), ann).image == first

    def test_bytes_are_digested_once(self, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoding, "file_digest", lambda _: pytest.fail("digested again"))
        assert receive(upload(1), ann).status == "stored"

    def test_what_lies_in_the_trash_is_offered(self, ann: User) -> None:
        image = receive(upload(1), ann).image
        library.trash([image], ann)
        outcome = receive(upload(1), ann)
        assert (outcome.status, outcome.code, outcome.image) == ("duplicate", "in_trash", image)

    def test_sent_again_on_purpose_it_is_stored_once_more(self, ann: User) -> None:
        first = receive(upload(1), ann).image
        second = receive(upload(1), ann, known_copies=1)
        assert (second.status, second.similar) == ("stored", [first])
        # The same again, as after an answer that was lost.
        retried = receive(upload(1), ann, known_copies=1)
        assert (retried.status, retried.image) == ("duplicate", second.image)
        assert receive(upload(1), ann).image == second.image
        assert Image.objects.count() == 2

    def test_copy_in_the_gallery_is_named_before_one_in_the_trash(self, ann: User) -> None:
        first = receive(upload(1), ann).image
        library.trash([receive(upload(1), ann, known_copies=1).image], ann)
        outcome = receive(upload(1), ann)
        assert (outcome.code, outcome.image) == ("duplicate", first)

    def test_another_owner_has_a_copy_of_their_own(self, ann: User, bob: User) -> None:
        receive(upload(1), bob, Details(visibility="private"))
        outcome = receive(upload(1), ann)
        assert (outcome.status, outcome.similar) == ("stored", [])


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""
    data = bytearray(encoded(PillowImage.new("L", (1, 1)), "PNG"))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("a.jpg", b"", "empty", "is empty"),
        ("a.gif", b"GIF89a, or so it says", "not_a_picture", "not a picture"),
        ("a.txt", b"words", "wrong_extension", "Rename it"),
        ("a.html", encoded(photo(1)), "wrong_extension", "does not end like"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture", "JPEG, PNG"),
        ("a.jpg", encoded(photo(1))[:4000], "truncated", "ends too early"),
        ("a.png", encoded(photo(1), "PNG")[:-3000], "truncated", "ends too early"),
        ("a.png", png_header(9000, 9000), "too_many_pixels", "81 million pixels; the limit is 60"),
        ("a.png", png_header(60000, 60000), "too_many_pixels", "Make it smaller"),
        ("a.bmp", encoded(photo(1), "BMP"), "not_a_picture", "Choose a JPEG"),
    ],
)
def test_bad_file_is_refused_with_its_reason(
    ann: User, settings: Any, name: str, data: bytes, code: str, words: str
) -> None:
    outcome = receive(SimpleUploadedFile(name, data), ann)
    assert (outcome.status, outcome.code) == ("rejected", code)
    assert words in outcome.reason
    assert Image.objects.count() == 0
    assert stored_files(settings) == []


def test_too_large_file_is_refused_unread(ann: User, settings: Any) -> None:
    settings.GALLERY = {"MAX_UPLOAD_BYTES": 1024 * 1024}
    outcome = receive(SimpleUploadedFile("a.jpg", bytes(2 * 1024 * 1024)), ann)
    assert outcome.reason.startswith("This file has 2.0 MB; the limit is 1.0 MB.")


def test_names_are_text_only(ann: User, settings: Any) -> None:
    file = upload(1)
    file._name = "../../evil\x00\u202e.jpg"
    image = receive(file, ann).image
    assert image.original_name == "evil.jpg"
    assert image.file.name.startswith("originals/")
    assert all(Path(settings.MEDIA_ROOT) in path.parents for path in stored_files(settings))


def test_flat_pictures_look_like_their_equals_only(ann: User) -> None:
    def flat(colour: str, name: str, **options: Any) -> SimpleUploadedFile:
        image = PillowImage.new("RGB", (64, 64), colour)
        return SimpleUploadedFile(name, encoded(image, "PNG", **options))

    white = receive(flat("white", "w.png"), ann).image
    assert receive(flat("black", "b.png"), ann).similar == []
    assert receive(flat("white", "w2.png", compress_level=0), ann).similar == [white]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known_copies", [0, 1])
def test_same_file_sent_at_once_is_stored_once(known_copies: int) -> None:
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


@pytest.mark.parametrize("stage", ["named", "_save", "_lock"])
def test_failed_row_leaves_nothing(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    kept = receive(upload(2), ann).image
    files = stored_files(settings)

    def fail(*_: Any) -> None:
        assert len(stored_files(settings)) > len(files), "the files come first"
        raise RuntimeError("the database is broken")

    monkeypatch.setattr(receiving, stage, fail)
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


@pytest.mark.parametrize("can_be_asked", [True, False])
def test_row_that_may_have_been_written_keeps_its_files(
    ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch, can_be_asked: bool
) -> None:
    """A connection that breaks while it commits does not tell whether it did."""

    def fail(*_: Any) -> None:
        raise InterfaceError("connection already closed")

    image = receive(upload(1), ann).image
    files = stored_files(settings)
    with pytest.raises(InterfaceError), kept_with_row(image):
        if not can_be_asked:
            image.delete()
            monkeypatch.setattr(QuerySet, "exists", fail)
        fail()
    assert stored_files(settings) == files
