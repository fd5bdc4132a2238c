"""
Compare every row with its file, in constant memory.

A row is only repaired if its file is certainly the one that was stored: its SHA-256 is the one on
record. An equal content digest is not enough, because it ignores metadata and anything after the
end of a JPEG, and those can be damaged too. If no SHA-256 was recorded, everything that was
recorded has to agree. Any other difference may be damage, and recording it would hide it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from django.db import InterfaceError, OperationalError

from gallery.files.file_facts import file_columns, is_taken_at
from gallery.files.findings import Finding
from gallery.files.originals import open_original
from gallery.models import Image
from hashing.conf import decode_options
from hashing.decoding_pool import estimated_bytes, in_threads, memory_budget
from hashing.exceptions import Refusal
from hashing.fields import hash_fields, hashes_of
from hashing.pictures import MemoryBudget, Picture, decode, file_digest
from hashing.receivers import hash_stored

# Rows that one query reads.
PORTION = 500

# Kinds of findings for columns that differ from the file; "column" for all others.
COLUMN_KINDS = {
    **{field.name: "hash" for field in hash_fields(Image)},
    "byte_size": "size",
    "sha256": "digest",
    "content_digest": "digest",
}


def row_findings(*, repair: bool = False, workers: int = 1) -> Iterator[list[Finding]]:
    """
    Yield the findings of each row, by ascending key; an empty list for a sound one.

    With `repair`, recompute columns and hashes where that is safe.
    """
    budget = memory_budget()

    def inspected(image: Image) -> tuple[Image, list[Finding]]:
        return image, _inspect(image, budget)

    for image, findings in in_threads(inspected, _rows(), workers):
        if findings:
            findings = _confirmed(image, findings, budget)
        if repair and any(finding.is_safe for finding in findings):
            findings = _repaired(image, findings)
        yield findings


def _rows() -> Iterator[Image]:
    """Yield all pictures by ascending key, with no query open while one is inspected."""
    rows = Image._base_manager.order_by("pk")
    portion = list(rows[:PORTION])
    while portion:
        yield from portion
        portion = list(rows.filter(pk__gt=portion[-1].pk)[:PORTION])


def _inspect(image: Image, budget: MemoryBudget) -> list[Finding]:
    """Compare a row with its file. Runs in a thread and sends no query."""
    if not image.file.name:
        return [_finding(image, "missing_file", "This picture has no file.")]
    try:
        with open_original(image) as file:
            return _inspect_file(image, file, budget)
    except FileNotFoundError:
        message = f"The file {image.file.name} is missing. Restore it from a backup."
        return [_finding(image, "missing_file", message)]
    except Exception as error:  # noqa: BLE001 (storages raise any class)
        # Storage backends raise errors of any class.
        message = f"The file {image.file.name} cannot be read: {error}. Check the storage."
        return [_finding(image, "unreadable_file", message)]


def _inspect_file(image: Image, file: IO[bytes], budget: MemoryBudget) -> list[Finding]:
    try:
        with budget.reserve(estimated_bytes(file)):
            return _compare(image, decode(file, decode_options()))
    except Refusal as refusal:
        return [_undecodable(image, file_digest(file), refusal)]


def _compare(image: Image, picture: Picture) -> list[Finding]:
    """Return a finding for each kind of column of `image` that does not follow from `picture`."""
    expected = _expected_columns(image, picture)
    wrong = [name for name, value in expected.items() if getattr(image, name) != value]
    if not wrong:
        return []
    if not _is_same_file(image, picture):
        return [_changed(image, "is not the one that was stored: its digests differ.")]
    if _is_decoded_otherwise(image, wrong):
        message = _decoding_message(image, expected["decoding"])
        return [_finding(image, "column", message, is_safe=True)]
    return _wrong_columns(image, wrong)


def _expected_columns(image: Image, picture: Picture) -> dict[str, object]:
    """Return the columns of `image` that follow from its file, decoded as `picture`."""
    columns = {**file_columns(picture), **hashes_of(picture, hash_fields(Image))}
    if is_taken_at(picture, image.taken_at):
        columns["taken_at"] = image.taken_at
    return columns


def _is_same_file(image: Image, picture: Picture) -> bool:
    if image.sha256:
        return picture.sha256 == image.sha256
    has_same_size = image.byte_size in (None, picture.byte_size)
    return has_same_size and image.content_digest in ("", picture.content_digest)


def _is_decoded_otherwise(image: Image, wrong: list[str]) -> bool:
    """Return whether another setting DECODE explains all columns in `wrong`."""
    if not image.decoding or "decoding" not in wrong:
        return False
    return all(name == "decoding" or COLUMN_KINDS.get(name) == "hash" for name in wrong)


def _decoding_message(image: Image, decoding: object) -> str:
    return (
        f"decoding was {image.decoding!r} and is now {decoding!r} with the setting DECODE, so "
        "hashes can differ. Run hash_images --all to hash every picture again."
    )


def _wrong_columns(image: Image, wrong: list[str]) -> list[Finding]:
    faults: dict[str, list[str]] = {}
    for name in wrong:
        fault = "missing" if getattr(image, name) in (None, "") else "wrong"
        faults.setdefault(COLUMN_KINDS.get(name, "column"), []).append(f"{name} is {fault}")
    return [
        _finding(image, kind, f"{', '.join(texts)}. It can be recomputed from the file.", True)
        for kind, texts in faults.items()
    ]


def _undecodable(image: Image, sha256: str, refusal: Refusal) -> Finding:
    if image.sha256 and sha256 != image.sha256:
        return _changed(image, f"is damaged: {refusal.message}")
    message = f"The file {image.file.name} cannot be decoded: {refusal.message}"
    return _finding(image, "undecodable_file", message)


def _changed(image: Image, fault: str) -> Finding:
    message = f"The file {image.file.name} {fault} Restore it from a backup."
    return _finding(image, "changed_file", message)


def _confirmed(image: Image, findings: list[Finding], budget: MemoryBudget) -> list[Finding]:
    """Return `findings`, or fresh ones if the row has changed or gone since it was read."""
    fresh = Image._base_manager.filter(pk=image.pk).first()
    if fresh is None:
        return []
    names = ("file", *Image.DERIVED)
    if all(getattr(fresh, name) == getattr(image, name) for name in names):
        return findings
    return _inspect(fresh, budget)


def _repaired(image: Image, findings: list[Finding]) -> list[Finding]:
    """Recompute the columns of `image`; return `findings` with the result."""
    try:
        is_repaired = hash_stored(image, "file")
    except Refusal as refusal:
        return [replace(finding, message=refusal.message) for finding in findings]
    except (OperationalError, InterfaceError):
        raise  # a problem of the database, not of this row
    except Exception as error:  # noqa: BLE001 (storages raise any class)
        # Storage backends raise errors of any class, also while renditions are written.
        message = f"The repair failed: {error}. Check the storage."
        return [replace(finding, message=f"{finding.message} {message}") for finding in findings]
    return [replace(finding, is_repaired=finding.is_safe) for finding in findings if is_repaired]


def _finding(image: Image, kind: str, message: str, is_safe: bool = False) -> Finding:
    return Finding(kind, str(image.public_id), message, is_safe)
