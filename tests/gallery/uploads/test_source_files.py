"""The picture files in folders, and entries that are none."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gallery.models import Image
from gallery.uploads.source_files import SourceFiles
from tests.gallery.folder_imports import codes, counts, imported, small_pictures
from tests.pictures import encoded, photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve small pictures."""
    return small_pictures(tmp_path / "album")


def sources(*paths: Path) -> list[str]:
    return [file.source for file in SourceFiles(list(paths))]


def test_sources_begin_with_the_folder_and_are_in_order(folder: Path) -> None:
    (folder / "05").mkdir()
    (folder / "05" / "a.jpg").write_bytes(b"")
    found = sources(folder, folder / "03.jpg")
    assert found[4:7] == ["album/04.jpg", "album/05/a.jpg", "album/05.jpg"]
    assert found[-1] == "03.jpg"


def test_skipped_entries_are_counted_anew_each_time(folder: Path) -> None:
    (folder / "notes.txt").write_bytes(encoded(photo(1)))
    (folder / "README").write_text("no picture")
    (folder / "empty").touch()
    (folder / "gone.jpg").symlink_to("nothing")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe")
    files = SourceFiles([folder])
    for _ in range(2):
        assert len(list(files)) == 12
        assert files.skipped == 6


class TestOddEntries:
    """Entries that cannot be imported are rejected with a reason, and stop nothing."""

    def test_they_are_named_and_stop_nothing(self, db: None, folder: Path) -> None:
        (folder / "loop.jpg").symlink_to("loop.jpg")
        (folder / "loop").symlink_to("loop")
        os.mkfifo(folder / "pipe.jpg")
        answer = imported(folder)
        assert counts(answer) == (12, 0, 3)
        odd = ("album/loop", "album/loop.jpg", "album/pipe.jpg")
        assert codes(answer) == dict.fromkeys(odd, "unreadable")

    def test_they_can_be_named_on_their_own(self, db: None, folder: Path) -> None:
        (loop := folder / "loop.jpg").symlink_to("loop.jpg")
        os.mkfifo(pipe := folder / "pipe.jpg")
        answer = imported(str(loop), str(pipe), str(folder / ("x" * 300)))
        assert set(codes(answer).values()) == {"unreadable"}
        assert counts(answer) == (0, 0, 3)

    def test_locked_folder_is_named(
        self, db: None, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        locked = folder.parent / "locked"
        locked.mkdir()
        (locked / "x.jpg").write_bytes(encoded(photo(1, (96, 64))))
        (folder / "link.jpg").symlink_to(locked / "x.jpg")
        with _locked(locked, monkeypatch):
            assert codes(imported(folder)) == {"album/link.jpg": "unreadable"}
            assert codes(imported(str(locked / "x.jpg"))) == {"x.jpg": "unreadable"}
            assert codes(imported(str(locked))) == {"locked": "unreadable"}

    def test_pictures_without_an_extension_are_taken_in(self, db: None, folder: Path) -> None:
        for format in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
            (folder / f"a {format} of 2024.05").write_bytes(encoded(photo(20), format))
        answer = imported(folder)
        assert (counts(answer), answer["skipped"]) == ((17, 0, 0), 0)
        formats = Image.objects.filter(source__contains=" of ").values_list("format", flat=True)
        assert set(formats) == {"JPEG", "PNG", "GIF", "WEBP", "AVIF"}


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
