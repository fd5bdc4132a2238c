"""The picture files at given paths and in the folders there."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gallery.files import PICTURE_EXTENSIONS, promises_picture
from hashing.exceptions import Refusal

# The first bytes of picture files.
SIGNATURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8|RIFF.{4}WEBP|.{4}ftyp", re.DOTALL)


@dataclass(frozen=True)
class SourceFile:
    """A file to import. `source` is its path, starting with the imported folder, as text."""

    path: Path
    source: str

    def open(self) -> BinaryIO:
        """
        Open the file for reading.

        Raises OSError if it cannot be read, Refusal if it is a folder, a pipe or a device.
        """
        return open(self.path, "rb", opener=_open_regular)


@dataclass
class SourceFiles:
    """
    The files at `paths`, and the pictures in folders there and below, in order.

    Unreadable files and folders are included, so that opening them reports the reason. `skipped`
    counts the entries that the last iteration left out: files that are not pictures by their name
    or first bytes, links to folders, and broken links.
    """

    paths: list[Path]
    skipped: int = 0

    def __iter__(self) -> Iterator[SourceFile]:
        self.skipped = 0
        for path in self.paths:
            real = Path(os.path.realpath(path))  # Path.resolve() fails on circular links
            if not _is_folder(real):
                yield SourceFile(path, _text(real.name))
                continue
            for file in self._below(real):
                yield SourceFile(file, _text(file.relative_to(real.parent).as_posix()))

    def _below(self, folder: Path) -> Iterator[Path]:
        try:
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            yield folder  # opening it as a file fails too, and reports the reason
            return
        for entry in ordered:
            if _is_folder(entry) and not entry.is_symlink():
                yield from self._below(Path(entry.path))
            elif _is_wanted(entry):
                yield Path(entry.path)
            else:
                self.skipped += 1


def _is_folder(entry: Path | os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    """Return whether `entry` is to be opened: it may be a picture, or cannot be examined."""
    if not promises_picture(entry.name):
        return False
    try:
        mode = entry.stat().st_mode
        if Path(entry.name).suffix[1:].lower() in PICTURE_EXTENSIONS:
            return not stat.S_ISDIR(mode)
        return stat.S_ISREG(mode) and _has_signature(Path(entry.path))
    except FileNotFoundError:
        return False  # a broken link
    except OSError:
        return True


def _has_signature(path: Path) -> bool:
    with path.open("rb") as file:
        return bool(SIGNATURE.match(file.read(16)))


def _open_regular(path: str, flags: int) -> int:
    """Open a regular file for `open`. Pipes and devices are refused: reading them may never end."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise Refusal("unreadable", "This is a folder, a pipe or a device, not a file. Leave it out.")


def _text(path: str) -> str:
    # File names are bytes, and not all of them are valid UTF-8.
    return path.encode(errors="backslashreplace").decode()
