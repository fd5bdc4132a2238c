"""Whole folders, in threads: what is stored, how often, and what is left when it is stopped."""

import io
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from PIL import Image as PillowImage

from gallery.models import Image
from gallery.uploads import folder_import
from gallery.uploads.folder_import import Import, SourceFiles, batch_size
from hashing.decoding_pool import estimated_bytes, in_threads
from hashing.pictures import decoding
from tests.pictures import encoded, photo

ROOT = Path(__file__).parents[3]


def run(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_images", *arguments, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["stored"], answer["unchanged"], answer["rejected"]


def stored_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def originals(settings: Any) -> list[Path]:
    return [path for path in stored_files(settings) if "originals" in path.parts]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve small pictures."""
    folder = tmp_path / "album"
    folder.mkdir()
    for seed in range(12):
        (folder / f"{seed:02}.jpg").write_bytes(encoded(photo(seed, (96, 64))))
    return folder


@pytest.mark.parametrize("workers", ["1", "3"])
def test_rows_come_in_the_order_of_the_files(db: None, folder: Path, workers: str) -> None:
    assert counts(run(str(folder), "--workers", workers)) == (12, 0, 0)
    names = list(Image.objects.order_by("pk").values_list("original_name", flat=True))
    assert names == sorted(names)
    by_age = Image.objects.order_by("created_at").values_list("original_name", flat=True)
    assert list(by_age) == names


def test_row_says_what_an_upload_says(db: None, folder: Path, add_image: Any) -> None:
    run(str(folder))
    imported = Image.objects.get(source="album/03.jpg")
    uploaded = add_image(SimpleUploadedFile("03.jpg", (folder / "03.jpg").read_bytes()))
    for name in (*Image.DERIVED, "title", "original_name"):
        assert getattr(imported, name) == getattr(uploaded, name), name


def test_second_run_decodes_nothing(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(str(folder))
    files = stored_files(settings)
    monkeypatch.setattr(decoding, "identified", lambda *_: pytest.fail("decoded again"))
    second = run(str(folder))
    assert counts(second) == (0, 12, 0)
    assert [r["id"] for r in second["results"]] == [r["id"] for r in first["results"]]
    assert stored_files(settings) == files


def test_what_lies_in_the_trash_is_told_and_stays_there(
    db: None, folder: Path, tmp_path: Path
) -> None:
    first = run(str(folder))["results"]
    Image.objects.filter(public_id__in=[first[0]["id"], first[1]["id"]]).update(
        trashed_at=timezone.now()
    )
    second = run(str(folder))
    assert (counts(second), second["in_trash"]) == ((0, 12, 0), 2)
    told = second["results"][0]
    assert (told["status"], told["code"], told["id"]) == ("unchanged", "in_trash", first[0]["id"])
    assert "Restore it from there" in told["reason"]
    assert "code" not in second["results"][2]
    assert Image.objects.trashed().count() == 2
    out = io.StringIO()
    call_command("import_images", str(folder), stdout=out)
    assert "In the trash: 2 of the unchanged." in out.getvalue()
    # A copy that is seen outweighs the one in the trash.
    image = Image.objects.get(public_id=first[0]["id"])
    image.pk, image.public_id, image.trashed_at = None, uuid4(), None
    image.save()
    assert run(str(folder))["in_trash"] == 1


def test_changed_file_of_the_same_size_and_age_is_noticed(db: None, folder: Path) -> None:
    run(str(folder))
    path = folder / "00.jpg"
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert counts(run(str(folder))) == (1, 11, 0)


def test_folder_named_twice_is_stored_once(db: None, folder: Path, settings: Any) -> None:
    answer = run(str(folder), str(folder))
    assert counts(answer) == (12, 12, 0)
    assert Image.objects.count() == len(originals(settings)) == 12
    assert {r["id"] for r in answer["results"]} == {str(i.public_id) for i in Image.objects.all()}


def test_unreadable_and_hopeless_files_stop_nothing(db: None, folder: Path) -> None:
    (folder / "03.jpg").chmod(0)
    (folder / "04.jpg").write_bytes(b"")
    (folder / "05.jpg").write_bytes(encoded(photo(5))[:2000])
    (folder / os.fsdecode(b"caf\xe9.jpg")).write_bytes(encoded(photo(13, (96, 64))))
    answer = run(str(folder))
    codes = {r["source"]: r["code"] for r in answer["results"] if r["status"] == "rejected"}
    expected = {"album/04.jpg": "empty", "album/05.jpg": "truncated"}
    if os.geteuid():  # root reads everything
        expected["album/03.jpg"] = "unreadable"
    assert codes == expected
    assert Image.objects.filter(source="album/caf\\udce9.jpg").exists()


class TestOddEntries:
    def codes(self, answer: dict[str, Any]) -> dict[str, str]:
        return {r["source"]: r["code"] for r in answer["results"] if r["status"] == "rejected"}

    def test_they_are_named_and_stop_nothing(self, db: None, folder: Path) -> None:
        (folder / "loop.jpg").symlink_to("loop.jpg")
        (folder / "loop").symlink_to("loop")
        os.mkfifo(folder / "pipe.jpg")
        answer = run(str(folder))
        assert counts(answer) == (12, 0, 3)
        odd = ("album/loop", "album/loop.jpg", "album/pipe.jpg")
        assert self.codes(answer) == dict.fromkeys(odd, "unreadable")

    def test_they_can_be_named_on_their_own(self, db: None, folder: Path) -> None:
        (loop := folder / "loop.jpg").symlink_to("loop.jpg")
        os.mkfifo(pipe := folder / "pipe.jpg")
        answer = run(str(loop), str(pipe), str(folder / ("x" * 300)))
        assert set(self.codes(answer).values()) == {"unreadable"}
        assert counts(answer) == (0, 0, 3)

    def test_locked_folder_is_named(
        self, db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        locked = folder.parent / "locked"
        locked.mkdir()
        (locked / "x.jpg").write_bytes(encoded(photo(1, (96, 64))))
        (folder / "link.jpg").symlink_to(locked / "x.jpg")
        with _locked(locked, monkeypatch):
            assert self.codes(run(str(folder))) == {"album/link.jpg": "unreadable"}
            assert self.codes(run(str(locked / "x.jpg"))) == {"x.jpg": "unreadable"}
            assert self.codes(run(str(locked))) == {"locked": "unreadable"}

    def test_what_is_left_out_is_counted(self, db: None, folder: Path) -> None:
        (folder / "notes.txt").write_bytes(encoded(photo(1)))
        (folder / "README").write_text("no picture")
        (folder / "empty").touch()
        (folder / "gone.jpg").symlink_to("nothing")
        (folder / "up").symlink_to("..")
        os.mkfifo(folder / "pipe")
        answer = run(str(folder))
        assert (counts(answer), answer["skipped"]) == ((12, 0, 0), 6)

    def test_pictures_without_an_extension_are_taken_in(self, db: None, folder: Path) -> None:
        for format in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
            (folder / f"a {format} of 2024.05").write_bytes(encoded(photo(20), format))
        answer = run(str(folder))
        assert (counts(answer), answer["skipped"]) == ((17, 0, 0), 0)
        formats = Image.objects.filter(source__contains=" of ").values_list("format", flat=True)
        assert set(formats) == {"JPEG", "PNG", "GIF", "WEBP", "AVIF"}

    def test_names_command_no_terminal(self, db: None, folder: Path) -> None:
        (folder / "a\x1b[2J\nb.jpg").write_bytes(b"")
        out = io.StringIO()
        call_command("import_images", str(folder), stdout=out)
        assert f"{folder}/a\\x1b[2J\\nb.jpg: This file is empty" in out.getvalue()


def test_folders_of_one_name_are_told_apart_by_their_owner(
    ann: User, bob: User, folder: Path
) -> None:
    first = run(str(folder), "--owner", "ann", "--private")
    second = run(str(folder), "--owner", "bob")
    assert counts(first) == counts(second) == (12, 0, 0)
    assert not {r["id"] for r in first["results"]} & {r["id"] for r in second["results"]}
    assert counts(run(str(folder))) == (12, 0, 0)
    for whose in ([], ["--owner", "ann"], ["--owner", "bob"]):
        assert counts(run(str(folder), *whose)) == (0, 12, 0)
    assert Image.objects.filter(owner=ann, visibility="private").count() == 12


def test_row_that_no_column_takes_stops_no_other(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = folder_import.unsaved

    def broken(*args: Any) -> Image:
        image = real(*args)
        if image.original_name == "07.jpg":
            image.visibility = None
        return image

    monkeypatch.setattr(folder_import, "unsaved", broken)
    monkeypatch.setattr(folder_import, "SHARE", 1)  # all in one batch
    answer = run(str(folder))
    assert counts(answer) == (11, 0, 1)
    assert answer["results"][7]["code"] == "not_stored"
    assert len(originals(settings)) == Image.objects.count() == 11


def test_too_long_path_is_refused(db: None, folder: Path, settings: Any) -> None:
    deep = folder
    for _ in range(6):
        deep /= "x" * 200
    deep.mkdir(parents=True)
    (deep / "a.jpg").write_bytes(encoded(photo(1, (96, 64))))
    answer = run(str(folder))
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
    monkeypatch.setattr(folder_import, "FAILURES_IN_A_ROW", 5)
    with pytest.raises(CommandError, match=r"5 files in a row .* No space left on device"):
        run(str(folder), "--workers", "1")
    assert Image.objects.count() == len(originals(settings)) == 2
    ids = {path.parent.name for path in stored_files(settings) if "renditions" in path.parts}
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


def test_number_of_workers_is_checked(db: None, folder: Path) -> None:
    with pytest.raises(CommandError, match="--workers must be at least 1, not 0"):
        run(str(folder), "--workers", "0")


@contextmanager
def _locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nobody into `folder`; root, whom no lock keeps out, by other means."""
    folder.chmod(0)
    if os.geteuid():
        yield
        return
    real = {name: getattr(os, name) for name in ("stat", "open", "scandir")}

    def refuse(name: str) -> Any:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if str(folder) in os.path.realpath(os.fspath(path)):
                raise PermissionError(13, "Permission denied", str(path))
            return real[name](path, *arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name in real:
            patch.setattr(os, name, refuse(name))
        yield


class TestThreads:
    def test_results_keep_the_order_and_items_are_not_read_ahead(self) -> None:
        read = []

        def items() -> Iterator[int]:
            for number in range(20):
                read.append(number)
                yield number

        def late(number: int) -> int:
            time.sleep(0.002 if number % 2 else 0)
            return number

        results = in_threads(late, items(), workers=2)
        assert next(results) == 0
        assert len(read) <= 5
        assert list(results) == list(range(1, 20))

    def test_estimate_comes_from_the_header(self, settings: Any) -> None:
        settings.HASHING = {"DECODE_LONG_SIDE": 0}
        small, large = photo(1, (96, 64)), photo(1, (2048, 1536))

        def estimated(image: PillowImage.Image, format: str = "JPEG", **options: Any) -> float:
            """Return bytes a pixel of the file."""
            file = io.BytesIO(encoded(image, format, **options))
            return estimated_bytes(file) / (image.width * image.height)

        assert estimated(small) == estimated(small, "PNG") == estimated(large, "PNG") == 22
        assert estimated(large) == 22 / 4  # decoded at half its width and height
        assert estimated(large, progressive=True) == 22 / 4 + 6
        assert estimated_bytes(io.BytesIO(b"nothing")) == 0


def test_large_pictures_wait_for_each_other(
    db: None, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HASHING = {"DECODE_MEMORY": 96 * 64 * 22 * 2}  # two pictures
    real = folder_import.write_files
    in_flight, most, lock = 0, 0, threading.Lock()

    def write(image: Image) -> None:
        nonlocal in_flight, most
        with lock:
            in_flight += 1
            most = max(most, in_flight)
        real(image)
        time.sleep(0.005)
        with lock:
            in_flight -= 1

    monkeypatch.setattr(folder_import, "write_files", write)
    assert counts(run(str(folder), "--workers", "6")) == (12, 0, 0)
    assert most == 2
