"""Whole folders, in threads: what is stored, how often, and what remains of a stopped import."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import CommandError

from gallery.models import Image
from gallery.uploads import folder_import
from gallery.uploads.folder_import import Import, batch_size
from gallery.uploads.source_files import SourceFiles
from hashing.pictures import decoding
from tests.gallery.folder_imports import codes, counts, imported, originals, small_pictures
from tests.gallery.media_files import stored_files
from tests.pictures import encoded, photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve small pictures."""
    return small_pictures(tmp_path / "album")


@pytest.mark.parametrize("workers", ["1", "3"])
def test_rows_come_in_the_order_of_the_files(db: None, folder: Path, workers: str) -> None:
    assert counts(imported(folder, "--workers", workers)) == (12, 0, 0)
    names = list(Image.objects.order_by("pk").values_list("original_name", flat=True))
    assert names == sorted(names)
    by_age = Image.objects.order_by("created_at").values_list("original_name", flat=True)
    assert list(by_age) == names


def test_row_says_what_an_upload_says(db: None, folder: Path, add_image: Any) -> None:
    imported(folder)
    row = Image.objects.get(source="album/03.jpg")
    uploaded = add_image(SimpleUploadedFile("03.jpg", (folder / "03.jpg").read_bytes()))
    for name in (*Image.DERIVED, "title", "original_name"):
        assert getattr(row, name) == getattr(uploaded, name), name


def test_second_run_decodes_nothing(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = imported(folder)
    files = stored_files(settings)
    monkeypatch.setattr(decoding, "identified", lambda *_: pytest.fail("decoded again"))
    second = imported(folder)
    assert counts(second) == (0, 12, 0)
    assert [r["id"] for r in second["results"]] == [r["id"] for r in first["results"]]
    assert stored_files(settings) == files


def test_changed_file_of_the_same_size_and_age_is_noticed(db: None, folder: Path) -> None:
    imported(folder)
    path = folder / "00.jpg"
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert counts(imported(folder)) == (1, 11, 0)


def test_folder_named_twice_is_stored_once(db: None, folder: Path, settings: Any) -> None:
    answer = imported(folder, folder)
    assert counts(answer) == (12, 12, 0)
    assert Image.objects.count() == len(originals(settings)) == 12
    assert {r["id"] for r in answer["results"]} == {str(i.public_id) for i in Image.objects.all()}


def test_unreadable_and_hopeless_files_stop_nothing(db: None, folder: Path) -> None:
    (folder / "03.jpg").chmod(0)
    (folder / "04.jpg").write_bytes(b"")
    (folder / "05.jpg").write_bytes(encoded(photo(5))[:2000])
    (folder / os.fsdecode(b"caf\xe9.jpg")).write_bytes(encoded(photo(13, (96, 64))))
    answer = imported(folder)
    expected = {"album/04.jpg": "empty", "album/05.jpg": "truncated"}
    if os.geteuid():  # root reads everything
        expected["album/03.jpg"] = "unreadable"
    assert codes(answer) == expected
    assert Image.objects.filter(source="album/caf\\udce9.jpg").exists()


def test_folders_of_one_name_are_told_apart_by_their_owner(
    ann: User, bob: User, folder: Path
) -> None:
    first = imported(folder, "--owner", "ann", "--private")
    second = imported(folder, "--owner", "bob")
    assert counts(first) == counts(second) == (12, 0, 0)
    assert not {r["id"] for r in first["results"]} & {r["id"] for r in second["results"]}
    assert counts(imported(folder)) == (12, 0, 0)
    for whose in ([], ["--owner", "ann"], ["--owner", "bob"]):
        assert counts(imported(folder, *whose)) == (0, 12, 0)
    assert Image.objects.filter(owner=ann, visibility="private").count() == 12


def test_too_long_path_is_refused(db: None, folder: Path, settings: Any) -> None:
    deep = folder
    for _ in range(6):
        deep /= "x" * 200
    deep.mkdir(parents=True)
    (deep / "a.jpg").write_bytes(encoded(photo(1, (96, 64))))
    answer = imported(folder)
    assert counts(answer) == (12, 0, 1)
    assert answer["results"][-1]["code"] == "path_too_long"


def test_full_disk_stops_the_import_and_leaves_nothing_behind(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileSystemStorage._save

    def save(self: FileSystemStorage, name: str, content: Any) -> str:
        if name.startswith("originals/") and len(originals(settings)) >= 2:
            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"the beginning of it")
            raise OSError(28, "No space left on device")
        return real(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", save)
    monkeypatch.setattr(folder_import, "MAX_FAILURES_IN_A_ROW", 5)
    with pytest.raises(CommandError, match=r"5 files in a row .* No space left on device"):
        imported(folder, "--workers", "1")
    assert Image.objects.count() == len(originals(settings)) == 2
    ids = {path.parent.name for path in stored_files(settings, "renditions")}
    assert ids == {image.public_id.hex for image in Image.objects.all()}


def test_interrupted_import_leaves_no_file_without_row(
    db: None, folder: Path, settings: Any
) -> None:
    results = Import(None, "public", 2, batch=3).results(SourceFiles([folder]))
    for _ in range(4):
        next(results)
    results.close()
    assert Image.objects.count() == len(originals(settings)) == 6


def test_small_imports_lose_little_too() -> None:
    assert [batch_size(n) for n in (0, 1, 199, 2000, 20_000, 10**6)] == [1, 1, 1, 10, 100, 100]


def test_large_pictures_wait_for_each_other(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HASHING = {"DECODE_MEMORY": 96 * 64 * 22 * 2}  # two pictures
    real = folder_import.write_files
    in_flight, most, lock = 0, 0, threading.Lock()

    def write(*arguments: Any) -> None:
        nonlocal in_flight, most
        with lock:
            in_flight += 1
            most = max(most, in_flight)
        real(*arguments)
        time.sleep(0.005)
        with lock:
            in_flight -= 1

    monkeypatch.setattr(folder_import, "write_files", write)
    assert counts(imported(folder, "--workers", "6")) == (12, 0, 0)
    assert most == 2
