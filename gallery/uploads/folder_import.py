"""
Import whole folders: threads decode and store files, and rows are written in batches.

A file is identified by its owner, its source (the path, starting with the imported folder) and its
SHA-256. Size and time would be quicker to compare, but two folders of the same name can hold
different files with equal source, size and time; and reading a file takes a tenth of the time of
importing it.

An interrupted import, even a killed one, loses at most the current batch and leaves at most files
without rows. Running it again continues after the last row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple
from uuid import UUID

from django.core.files import File

from gallery.batches import in_batches
from gallery.files import clean_name, remove_files, remove_if_rowless, write_files
from gallery.models import Image
from gallery.people import Member
from gallery.uploads.accepted_files import decoded
from gallery.uploads.details import Details
from gallery.uploads.import_rows import (
    Imported,
    earlier_imports,
    imported_before,
    not_stored,
    write_rows,
)
from gallery.uploads.new_pictures import new_image
from gallery.uploads.outcomes import Outcome, OutcomeCode, OutcomeStatus
from gallery.uploads.source_files import SourceFile
from gallery.verification import closeup_of
from hashing.decoding_pool import estimated_bytes, in_threads, memory_budget
from hashing.exceptions import Refusal
from hashing.pictures import MemoryBudget, file_digest

# One transaction writes at most MAX_BATCH rows, and at most one SHARE-th of the whole import, so
# that an interrupted small import loses little too.
MAX_BATCH, SHARE = 100, 200
# Sources that one query looks up.
LOOKUP = 200
# This many failures in a row mean that the storage is broken; a single one can be bad luck.
MAX_FAILURES_IN_A_ROW = 10


class ImportStopped(Exception):
    """The import cannot continue; the message says why."""


class Candidate(NamedTuple):
    """A file to import, and earlier imports of the same source by the SHA-256 of their file."""

    file: SourceFile
    known: dict[str, Image]


@dataclass
class Import:
    """One run of an import: pictures of `owner`, decoded by `workers` threads."""

    owner: Member | None
    visibility: str
    workers: int
    batch: int
    _budget: MemoryBudget = field(default_factory=memory_budget)
    # Pictures with stored files but no row yet, by public id.
    _rowless: dict[UUID, Image] = field(default_factory=dict)

    def results(self, files: Iterable[SourceFile]) -> Iterator[Imported]:
        """
        Import `files`, and yield what happened to each, in order, once its row is committed.

        Raises ImportStopped if the storage is broken, and errors of the database as they are.
        """
        stored = in_threads(self._imported, self._candidates(files), self.workers)
        try:
            for batch in in_batches(_while_storage_works(stored), self.batch):
                results = write_rows(batch, self.owner)
                self._settle(batch, results)
                yield from results
        finally:
            stored.close()
            for image in self._rowless.values():
                remove_if_rowless(image)

    def _candidates(self, files: Iterable[SourceFile]) -> Iterator[Candidate]:
        for batch in in_batches(files, LOOKUP):
            known = earlier_imports((file.source for file in batch), self.owner)
            yield from (Candidate(file, known.get(file.source, {})) for file in batch)

    def _imported(self, candidate: Candidate) -> Imported:
        """Store one file, but not its row. Runs in a thread and sends no query."""
        name = clean_name(candidate.file.path.name)
        try:
            with candidate.file.open() as stream:
                return self._result(candidate, name, stream)
        except Refusal as refusal:
            return Imported(candidate.file, Outcome.refused(name, refusal))
        except OSError as error:
            reason = f"This file cannot be read: {error.strerror or error}. Check its permissions."
            outcome = Outcome.rejected(name, OutcomeCode.UNREADABLE, reason)
            return Imported(candidate.file, outcome)

    def _result(self, candidate: Candidate, name: str, stream: BinaryIO) -> Imported:
        file, known = candidate
        if known and (earlier := known.get(file_digest(stream))):
            return Imported(file, imported_before(name, earlier))
        if len(file.source) > Image.MAX_SOURCE_LENGTH:
            reason = "The path of this file is too long. Import a folder closer to it."
            raise Refusal("path_too_long", reason)
        with self._budget.reserve(estimated_bytes(stream)):
            return self._stored(file, name, stream)

    def _stored(self, file: SourceFile, name: str, stream: BinaryIO) -> Imported:
        picture = decoded(File(stream, name=file.path.name))
        details = Details(visibility=self.visibility, source=file.source)
        image = new_image(self.owner, name, details)
        try:
            write_files(image, stream, picture)
        except Exception as error:  # noqa: BLE001 (storages raise any class)
            # Storage backends raise errors of any class. The next file may still be stored.
            return Imported(file, not_stored(file, name, error))
        self._rowless[image.public_id] = image
        outcome = Outcome(name, OutcomeStatus.STORED, image)
        return Imported(file, outcome, closeup_of(image, picture))

    def _settle(self, batch: list[Imported], results: list[Imported]) -> None:
        """Forget pictures that have a row now, and remove the files of those that get none."""
        for before, after in zip(batch, results, strict=True):
            if image := before.outcome.stored:
                del self._rowless[image.public_id]
                if not after.outcome.stored:
                    remove_files(image)


def batch_size(files: int) -> int:
    """Return how many rows one transaction writes in an import of `files` files."""
    return min(MAX_BATCH, max(1, files // SHARE))


def _while_storage_works(results: Iterable[Imported]) -> Iterator[Imported]:
    failures = 0
    for result in results:
        is_failure = result.outcome.code == OutcomeCode.NOT_STORED
        failures = failures + 1 if is_failure else 0
        if failures == MAX_FAILURES_IN_A_ROW:
            raise ImportStopped(
                f"{failures} files in a row could not be stored. {result.outcome.reason} "
                "The files stored so far are kept; running the import again continues from there."
            )
        yield result
