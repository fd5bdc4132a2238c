"""Rows of imported pictures: looked up before a file is read, and written in batches."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from gallery.models import Closeup, Image
from gallery.people import Member
from gallery.uploads.outcomes import Outcome, OutcomeCode, OutcomeStatus
from gallery.uploads.source_files import SourceFile

logger = logging.getLogger("gallery")

# Serialises the batches of concurrent imports on PostgreSQL, so that none stores a file twice. An
# arbitrary number: "import" in ASCII.
ADVISORY_LOCK = 0x696D706F7274

# Pictures by their source and the SHA-256 of their file.
EarlierImports = dict[str, dict[str, Image]]


@dataclass(frozen=True)
class Imported:
    """A file of an import, and what happened to it."""

    file: SourceFile
    outcome: Outcome
    closeup: Closeup | None = None
    """The small copy of the stored picture that it will be compared by; None without one."""


def earlier_imports(sources: Iterable[str], owner: Member | None) -> EarlierImports:
    """
    Return the pictures that `owner` has from `sources`, trashed ones too.

    Only the columns that tell them apart are loaded. The owner counts because two people can have
    folders of the same name, and neither may learn about the other's.
    """
    rows = Image._base_manager.filter(owner=owner, source__in=set(sources)).order_by("-pk")
    imports: EarlierImports = defaultdict(dict)
    # Of several copies, prefer those outside the trash, and of these the oldest.
    for image in rows.only("source", "sha256", "public_id", "trashed_at"):
        copies = imports[image.source]
        if not image.is_trashed or copies.get(image.sha256, image).is_trashed:
            copies[image.sha256] = image
    return imports


def imported_before(name: str, image: Image) -> Outcome:
    """Return the outcome for a file `name` that was imported as `image` before."""
    if not image.is_trashed:
        return Outcome(name, OutcomeStatus.DUPLICATE, image)
    reason = "This file was imported before and is now in the trash. Restore it from there."
    return Outcome(name, OutcomeStatus.DUPLICATE, image, OutcomeCode.IN_TRASH, reason)


def not_stored(file: SourceFile, name: str, error: Exception) -> Outcome:
    """Log that the storage or the database failed with `error`, and return the outcome."""
    logger.warning("%s was not stored.", file.source, exc_info=error)
    reason = f"This file could not be stored: {error}. Import it again."
    return Outcome.rejected(name, OutcomeCode.NOT_STORED, reason)


def write_rows(batch: list[Imported], owner: Member | None) -> list[Imported]:
    """Insert the rows of stored files in one transaction; return `batch` with final outcomes."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        results = _without_repeated(batch, owner)
        failures = _insert([result for result in results if result.outcome.stored])
    return [_with_failure(result, failures) for result in results]


def _without_repeated(batch: list[Imported], owner: Member | None) -> list[Imported]:
    """Return `batch` with files as duplicates that this or another import has just stored."""
    stored = [result.file.source for result in batch if result.outcome.stored]
    imports = earlier_imports(stored, owner)
    results = []
    for result in batch:
        if image := result.outcome.stored:
            earlier = imports[result.file.source].setdefault(image.sha256, image)
            if earlier is not image:
                outcome = imported_before(result.outcome.name, earlier)
                result = replace(result, outcome=outcome)
        results.append(result)
    return results


def _with_failure(result: Imported, failures: dict[UUID, Outcome]) -> Imported:
    image = result.outcome.stored
    failure = failures.get(image.public_id) if image else None
    return replace(result, outcome=failure) if failure else result


def _insert(results: list[Imported]) -> dict[UUID, Outcome]:
    """Insert the rows of stored files; return the outcomes of failed ones, by public id."""
    images = [image for result in results if (image := result.outcome.stored)]
    for image in images:
        image.created_at = timezone.now()  # in the order of the files
    try:
        with transaction.atomic():
            Image._base_manager.bulk_create(images)
            Closeup.objects.bulk_create(result.closeup for result in results if result.closeup)
    except (OperationalError, InterfaceError):
        raise  # a problem of the database, not of a row
    except Exception as error:  # noqa: BLE001 (any bad row; halved to find it)
        # A column does not accept a value. Halve the batch to find the row and insert the others.
        if len(results) == 1:
            (result,), (image,) = results, images
            return {image.public_id: not_stored(result.file, result.outcome.name, error)}
        middle = len(results) // 2
        return _insert(results[:middle]) | _insert(results[middle:])
    return {}
