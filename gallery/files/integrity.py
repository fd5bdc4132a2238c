"""
Does the database tell the truth about the files? One row after the other, in steady memory.

What is safe to mend follows from the file alone, and only from a file that is proven to be the
one that was stored: its SHA-256 is the one on record. An equal content digest is no such proof:
it passes over metadata and over what follows a JPEG, which damage may take as well. Where no
SHA-256 was ever recorded, whatever was has to agree. Anything else may be damage, and recording
it as right would hide it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import InterfaceError, OperationalError

from gallery.files.file_facts import agrees, description
from gallery.models import Image
from hashing.conf import decode_options
from hashing.decoding_pool import estimated_bytes, in_threads, memory_budget
from hashing.exceptions import Refusal
from hashing.fields import hash_fields, hashes_of
from hashing.pictures import MemoryBudget, Picture, decode, file_digest
from hashing.receivers import hash_stored

# Rows that are read at once.
PORTION = 500


@dataclass(frozen=True)
class Finding:
    """
    Something that is not as it should be.

    `kind` is for programs; `subject` a picture's public id, or the key of a file; `message` a
    sentence. `is_safe` says that it can be mended without losing or hiding anything.
    """

    kind: str
    subject: str
    message: str
    is_safe: bool = False
    is_mended: bool = False


def row_findings(*, repair: bool = False, workers: int = 1) -> Iterator[list[Finding]]:
    """
    Yield what is wrong with each row, an empty list if nothing is, in the order of the keys.

    With `repair` what is safe is mended: columns and hashes are computed anew.
    """
    budget = memory_budget()

    def inspected(image: Image) -> tuple[Image, list[Finding]]:
        return image, _inspect(image, budget)

    for image, findings in in_threads(inspected, _rows(), workers):
        if findings:
            findings = _confirmed(image, findings, budget)
        if repair and any(finding.is_safe for finding in findings):
            findings = _mended(image, findings)
        yield findings


def _rows() -> Iterator[Image]:
    """Yield all pictures by key, with no query open while they are worked on."""
    rows = Image._base_manager.order_by("pk")
    portion = rows[:PORTION]
    while found := list(portion):
        yield from found
        portion = rows.filter(pk__gt=found[-1].pk)[:PORTION]


def _inspect(image: Image, budget: MemoryBudget) -> list[Finding]:
    """Compare a row with its file. Runs in a thread and asks no database."""
    name = image.file.name
    if not name:
        return [_finding(image, "missing_file", "This picture never got a file.")]
    try:
        with image.file.storage.open(name, "rb") as file:
            try:
                with budget.reserve(estimated_bytes(file)):
                    return _compare(image, decode(file, decode_options()))
            except Refusal as refusal:
                return [_undecodable(image, file_digest(file), refusal)]
    except FileNotFoundError:
        reason = f"The file {name} is missing. Put it back from a backup."
        return [_finding(image, "missing_file", reason)]
    except Exception as error:
        # Storages raise whatever their services do.
        reason = f"The file {name} cannot be read: {error}. Check the storage."
        return [_finding(image, "unreadable_file", reason)]


def _compare(image: Image, picture: Picture) -> list[Finding]:
    """Return what of the columns of `image` does not follow from its decoded file."""
    following = _following(image, picture)
    recorded = {name: getattr(image, name) for name in following}
    wrong = {name: value for name, value in following.items() if recorded[name] != value}
    if not wrong:
        return []
    if not _is_same_file(image, picture):
        reason = (
            f"The file {image.file.name} is not the one that was stored: its digests differ. "
            "Put it back from a backup."
        )
        return [_finding(image, "changed_file", reason)]
    hashes = {field.name for field in hash_fields(Image)}
    if recorded["decoding"] and "decoding" in wrong and not wrong.keys() - hashes - {"decoding"}:
        return [_finding(image, "column", _decoded_otherwise(image, picture), is_safe=True)]
    kinds: dict[str, list[str]] = {}
    for name in wrong:
        kind = "hash" if name in hashes else _KINDS.get(name, "column")
        missing = recorded[name] is None or recorded[name] == ""
        kinds.setdefault(kind, []).append(f"{name} is {'missing' if missing else 'wrong'}")
    return [
        _finding(image, kind, f"{', '.join(faults)}. It follows from the file.", is_safe=True)
        for kind, faults in kinds.items()
    ]


def _decoded_otherwise(image: Image, picture: Picture) -> str:
    return (
        f"decoding is {image.decoding!r} and has become {description(picture)['decoding']!r} with "
        "the setting DECODE, so hashes may differ. hash_images --all hashes all pictures anew."
    )


_KINDS = {"byte_size": "size", "sha256": "digest", "content_digest": "digest"}


def _following(image: Image, picture: Picture) -> dict[str, Any]:
    """Return the columns of `image` that follow from its file, `picture`, as they should be."""
    columns = {**description(picture), **hashes_of(picture, hash_fields(Image))}
    if agrees(image.taken_at, picture):
        columns["taken_at"] = image.taken_at
    return columns


def _is_same_file(image: Image, picture: Picture) -> bool:
    if image.sha256:
        return picture.sha256 == image.sha256
    is_as_long = image.byte_size in (None, picture.byte_size)
    return is_as_long and image.content_digest in ("", picture.content_digest)


def _undecodable(image: Image, sha256: str, refusal: Refusal) -> Finding:
    name = image.file.name
    if image.sha256 and sha256 != image.sha256:
        reason = f"The file {name} is damaged: {refusal.message} Put it back from a backup."
        return _finding(image, "changed_file", reason)
    reason = f"The file {name} cannot be decoded: {refusal.message}"
    return _finding(image, "undecodable_file", reason)


def _confirmed(image: Image, findings: list[Finding], budget: MemoryBudget) -> list[Finding]:
    """Return `findings` unless the row has changed, or gone, while its file was looked at."""
    fresh = Image._base_manager.filter(pk=image.pk).first()
    if fresh is None:
        return []
    names = ("file", *Image.DERIVED)
    if all(getattr(fresh, name) == getattr(image, name) for name in names):
        return findings
    return _inspect(fresh, budget)


def _mended(image: Image, findings: list[Finding]) -> list[Finding]:
    try:
        is_mended = hash_stored(image, "file")
    except Refusal as refusal:
        return [replace(finding, message=refusal.message) for finding in findings]
    except (OperationalError, InterfaceError):
        raise  # not the fault of any row
    except Exception as error:
        # Storages raise whatever their services do, also while renditions are written.
        reason = f"It could not be mended: {error}. Check the storage."
        return [replace(finding, message=f"{finding.message} {reason}") for finding in findings]
    return [replace(finding, is_mended=finding.is_safe) for finding in findings if is_mended]


def _finding(image: Image, kind: str, message: str, is_safe: bool = False) -> Finding:
    return Finding(kind, str(image.public_id), message, is_safe)
