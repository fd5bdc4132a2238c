"""
Whole folders become pictures: files are taken in by threads, rows are written in batches.

A file is known by its owner, its source, the path from the imported folder's name on, and by the
SHA-256 of its bytes. Size and time would be quicker to compare, but two folders of one name can
hold different files of one source, size and age; reading a file costs a tenth of taking it in.

Whoever is stopped, even by force, loses at most the batch that was under way, and leaves at
most files without rows. Running again goes on where the rows end.
"""

import logging
import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from django.core.files import File
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from gallery.batches import in_batches
from gallery.files import (
    PICTURE_EXTENSIONS,
    clean_name,
    promises_picture,
    remove_files,
    remove_if_rowless,
    write_files,
)
from gallery.models import Image
from gallery.people import Member
from gallery.uploads.receiving import Details, decoded, unsaved
from hashing.decoding_pool import estimated_bytes, in_threads, memory_budget
from hashing.exceptions import Refusal
from hashing.pictures import MemoryBudget, file_digest

logger = logging.getLogger("gallery")

# Rows of one transaction: at most this many, and no more than a share of the whole import, so
# that a small one loses little too when it is stopped.
BATCH, SHARE = 100, 200
# Sources that are looked up in the database at once.
LOOKUP = 200
# One file may be unlucky. This many in a row mean that the storage is broken.
FAILURES_IN_A_ROW = 10
# Keeps two imports from storing the same file; on SQLite there is one writer anyway.
ADVISORY_LOCK = 0x696D706F7274  # "import"

# How files of pictures begin, as far as one glance tells.
SIGNATURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8|RIFF.{4}WEBP|.{4}ftyp", re.DOTALL)

IN_TRASH = "This file was imported before and lies in the trash. Restore it from there."


class Twin(NamedTuple):
    """What the database has of a file."""

    id: str
    is_trashed: bool = False


Known = dict[str, dict[str, Twin]]  # source → SHA-256 → the picture


class ImportStopped(Exception):
    """The import cannot go on; the message says why."""


@dataclass(frozen=True)
class SourceFile:
    """A file to import."""

    path: Path
    source: str


@dataclass(frozen=True)
class Result:
    """
    What became of one file: "stored", "unchanged" or "rejected".

    `id` is the public id of the picture that it is, `image` what was made of it in this run;
    what is unchanged in the trash has the code "in_trash".
    """

    file: SourceFile
    status: str
    id: str = ""
    code: str = ""
    reason: str = ""
    image: Image | None = None

    @classmethod
    def of_twin(cls, file: SourceFile, twin: Twin, image: Image | None = None) -> Self:
        """Return what becomes of a file that is here already; of `image`, made in vain, nothing."""
        told = {"code": "in_trash", "reason": IN_TRASH} if twin.is_trashed else {}
        return cls(file, "unchanged", twin.id, image=image, **told)


@dataclass
class Import:
    """One run of an import: whose the pictures become, who sees them, and how it is done."""

    owner: Member | None
    visibility: str
    workers: int
    batch: int
    _budget: MemoryBudget = field(default_factory=memory_budget)
    # Pictures with files, but not yet with rows, by public id.
    _rowless: dict[str, Image] = field(default_factory=dict)

    def results(self, files: Iterable[SourceFile]) -> Iterator[Result]:
        """
        Import `files` and yield what became of each, in their order, once it is in the database.

        Raises ImportStopped if the storage is broken, and what the database raises if it is.
        """
        taken_in = in_threads(self._take_in, self._with_known(files), self.workers)
        try:
            for batch in in_batches(_while_storage_works(taken_in), self.batch):
                results = _in_database(batch, self.owner)
                self._settle(results)
                yield from results
        finally:
            taken_in.close()
            for image in self._rowless.values():
                remove_if_rowless(image)

    def _with_known(
        self, files: Iterable[SourceFile]
    ) -> Iterator[tuple[SourceFile, dict[str, Twin]]]:
        for some in in_batches(files, LOOKUP):
            known = _known((file.source for file in some), self.owner)
            yield from ((file, known.get(file.source, {})) for file in some)

    def _take_in(self, item: tuple[SourceFile, dict[str, Twin]]) -> Result:
        """Store one file, but not its row. Runs in a thread and asks no database."""
        file, known = item
        try:
            with open(file.path, "rb", opener=_open_regular) as stream:
                if known and (twin := known.get(file_digest(stream))):
                    return Result.of_twin(file, twin)
                with self._budget.reserve(estimated_bytes(stream)):
                    return self._written(file, self._unsaved(file, stream))
        except Refusal as refusal:
            return Result(file, "rejected", code=refusal.code, reason=refusal.message)
        except OSError as error:
            reason = f"This file cannot be read: {error.strerror or error}. Check its permissions."
            return Result(file, "rejected", code="unreadable", reason=reason)

    def _unsaved(self, file: SourceFile, stream: BinaryIO) -> Image:
        if len(file.source) > Image._meta.get_field("source").max_length:
            reason = "The path of this file is too long. Import a folder further down."
            raise Refusal("path_too_long", reason)
        upload = File(stream, name=file.path.name)
        details = Details(visibility=self.visibility, source=file.source)
        return unsaved(stream, decoded(upload), self.owner, clean_name(upload.name), details)

    def _written(self, file: SourceFile, image: Image) -> Result:
        try:
            write_files(image)
        except Exception as error:
            # Storages raise whatever their services do. The next file may have more luck.
            return _not_stored(file, error)
        result = Result(file, "stored", str(image.public_id), image=image)
        self._rowless[result.id] = image
        return result

    def _settle(self, results: list[Result]) -> None:
        """Forget the pictures that have rows now, and remove the files of those that need none."""
        for result in results:
            if result.image:
                del self._rowless[str(result.image.public_id)]
                if result.status != "stored":
                    remove_files(result.image)


def batch_size(files: int) -> int:
    """Return how many rows one transaction of an import of `files` files writes."""
    return min(BATCH, max(1, files // SHARE))


@dataclass
class SourceFiles:
    """
    The files at `paths`, and the pictures in folders there and below, in order.

    What cannot be looked at is among them, so that whoever opens it says why. `skipped` counts
    what the last walk left out: what is no picture by its name or beginning, and links to
    folders or to nothing.
    """

    paths: list[Path]
    skipped: int = 0

    def __iter__(self) -> Iterator[SourceFile]:
        self.skipped = 0
        for path in self.paths:
            named = Path(os.path.realpath(path))  # unlike Path.resolve, puts up with any link
            if not _is_folder(named):
                yield SourceFile(path, _text(named.name))
                continue
            for file in self._below(named):
                yield SourceFile(file, _text(file.relative_to(named.parent).as_posix()))

    def _below(self, folder: Path) -> Iterator[Path]:
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            yield folder  # it cannot be read as a file either, and is named as such
            return
        for entry in entries:
            if _is_folder(entry) and not entry.is_symlink():
                yield from self._below(Path(entry.path))
            elif _is_wanted(entry):
                yield Path(entry.path)
            else:
                self.skipped += 1


def _is_folder(found: Path | os.DirEntry[str]) -> bool:
    try:
        return found.is_dir()
    except OSError:
        return False


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    """Tell whether `entry` is to be opened: for its picture, or to say why that cannot be."""
    if not promises_picture(entry.name):
        return False
    try:
        mode = entry.stat().st_mode
        if Path(entry.name).suffix[1:].lower() in PICTURE_EXTENSIONS:
            return not stat.S_ISDIR(mode)
        return stat.S_ISREG(mode) and _begins_like_picture(Path(entry.path))
    except FileNotFoundError:
        return False  # a link to nothing
    except OSError:
        return True


def _begins_like_picture(path: Path) -> bool:
    with path.open("rb") as file:
        return bool(SIGNATURE.match(file.read(16)))


def _open_regular(path: str, flags: int) -> int:
    """Open a file as `open` does, but no pipe or device: one may never end, or never begin."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise Refusal("unreadable", "This is no file, but a folder, a pipe or a device. Leave it out.")


def _text(path: str) -> str:
    # Names on disk are bytes; those that are no UTF-8 have no text of their own.
    return path.encode(errors="backslashreplace").decode()


def _known(sources: Iterable[str], owner: Member | None) -> Known:
    """Return what the database has of `sources` of `owner`, trashed pictures too."""
    # Two people may have folders of one name, and neither may learn of the other's.
    known: Known = defaultdict(dict)
    rows = Image._base_manager.filter(owner=owner, source__in=set(sources)).order_by("-pk")
    columns = ("source", "sha256", "public_id", "trashed_at")
    # Of several the one that is seen counts, and of these the first.
    for source, sha256, public_id, trashed_at in rows.values_list(*columns):
        twin = Twin(str(public_id), trashed_at is not None)
        if not twin.is_trashed or known[source].get(sha256, twin).is_trashed:
            known[source][sha256] = twin
    return known


def _not_stored(file: SourceFile, error: Exception) -> Result:
    logger.warning("%s was not stored.", file.source, exc_info=error)
    reason = f"This file could not be stored: {error}. Import it again."
    return Result(file, "rejected", code="not_stored", reason=reason)


def _while_storage_works(results: Iterable[Result]) -> Iterator[Result]:
    failures = 0
    for result in results:
        failures = failures + 1 if result.code == "not_stored" else 0
        if failures == FAILURES_IN_A_ROW:
            raise ImportStopped(
                f"{failures} files in a row could not be stored. {result.reason} "
                "What was stored until now stays; running again goes on from there."
            )
        yield result


def _in_database(batch: list[Result], owner: Member | None) -> list[Result]:
    """Write the rows of a batch in one transaction, and return what became of its files."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        results = _without_twins(batch, owner)
        refused = _insert([result for result in results if result.status == "stored"])
    return [refused.get(result.id, result) for result in results]


def _without_twins(batch: list[Result], owner: Member | None) -> list[Result]:
    """Return `batch` with what was stored meanwhile, here or by another import, as unchanged."""
    known = _known((result.file.source for result in batch if result.image), owner)
    results = []
    for result in batch:
        if result.image:
            own = Twin(result.id)
            first = known[result.file.source].setdefault(result.image.sha256, own)
            if first != own:
                result = Result.of_twin(result.file, first, result.image)
        results.append(result)
    return results


def _insert(results: list[Result]) -> dict[str, Result]:
    """Insert the rows of `results`; return those that the database refused, by public id."""
    for result in results:
        result.image.created_at = timezone.now()  # in the order of the files
    try:
        with transaction.atomic():
            Image._base_manager.bulk_create(result.image for result in results)
    except (OperationalError, InterfaceError):
        raise  # not the fault of any row
    except Exception as error:
        # A value that no column takes. Its row is found by halves, so that the others get in.
        if len(results) == 1:
            (result,) = results
            return {result.id: replace(_not_stored(result.file, error), image=result.image)}
        middle = len(results) // 2
        return _insert(results[:middle]) | _insert(results[middle:])
    return {}
