"""
Stored files without a row, and incomplete renditions.

All access goes through Django's storage API, one folder at a time, so it works on a disk and on
S3 alike. Nothing is deleted: files are moved to `lost-and-found/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from gallery.batches import in_batches
from gallery.files.findings import Finding
from gallery.files.renditions import rendition_key, rendition_sizes
from gallery.models import Image

LOST_AND_FOUND = "lost-and-found"
# Storage keys that one query looks up.
PORTION = 500


def file_findings(*, repair: bool = False, grace: timedelta) -> Iterator[list[Finding]]:
    """
    Yield the findings of each stored original and rendition; an empty list for a sound one.

    Files younger than `grace` are not reported, because their row may not be written yet. With
    `repair`, move the reported files to `lost-and-found/`; a missing rendition is made again when
    it is needed.
    """
    for key, is_expected in _stored_keys():
        finding = _fault(key, is_expected)
        if finding is None or not _is_older(key, grace):
            yield []
        else:
            yield [replace(finding, is_repaired=_move_away(key)) if repair else finding]


def _stored_keys() -> Iterator[tuple[str, bool]]:
    """Yield the key of each original and rendition, and whether a row has that file."""
    for folder, keys_with_row in _KEYS_WITH_ROW.items():
        for keys in in_batches(_keys_below(folder), PORTION):
            expected = keys_with_row(keys)
            yield from ((key, key in expected) for key in keys)


def _fault(key: str, is_expected: bool) -> Finding | None:
    kind = "rendition" if key.startswith("renditions/") else "original"
    if not is_expected:
        return Finding(f"orphan_{kind}", key, "No picture has this file.", is_safe=True)
    if kind == "rendition" and not _is_complete(key):
        return Finding("broken_rendition", key, "This rendition is incomplete.", is_safe=True)
    return None


def _keys_below(folder: str) -> Iterator[str]:
    """Yield the keys of all files below `folder`, listing one folder at a time."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    # Some stores list the folder itself as a file without a name.
    yield from (f"{folder}/{name}" for name in sorted(files) if name)
    for name in sorted(folders):
        yield from _keys_below(f"{folder}/{name}")


def _originals_with_row(keys: list[str]) -> set[str]:
    return set(Image._base_manager.filter(file__in=keys).values_list("file", flat=True))


def _renditions_with_row(keys: list[str]) -> set[str]:
    ids = {id_ for key in keys if (id_ := _public_id(key))}
    rows = Image._base_manager.filter(public_id__in=ids)
    return {
        rendition_key(image, size)
        for image in rows.only("public_id", "sha256", "width", "height")
        for size, _ in rendition_sizes(image)
    }


_KEYS_WITH_ROW: dict[str, Callable[[list[str]], set[str]]] = {
    "originals": _originals_with_row,
    "renditions": _renditions_with_row,
}


def _public_id(key: str) -> UUID | None:
    """Return the public id in the key of a rendition; None if there is none."""
    try:
        return UUID(key.split("/")[2])
    except (IndexError, ValueError):
        return None


def _is_complete(key: str) -> bool:
    """Return whether the WebP file at `key` is as long as its header says."""
    try:
        with default_storage.open(key, "rb") as file:
            header: bytes = file.read(12)
            is_webp = header[:4] == b"RIFF" and header[8:] == b"WEBP"
            return is_webp and int.from_bytes(header[4:8], "little") + 8 == file.size
    except FileNotFoundError:
        return True  # removed since the folder was listed


def _is_older(key: str, grace: timedelta) -> bool:
    if not default_storage.exists(key):
        return False  # removed since the folder was listed
    return default_storage.get_modified_time(key) <= timezone.now() - grace


def _move_away(key: str) -> bool:
    """Move the file at `key` to lost-and-found; return False, and keep it, if the copy differs."""
    with default_storage.open(key, "rb") as file:
        size = file.size
        copy = default_storage.save(f"{LOST_AND_FOUND}/{key}", File(file))
    if default_storage.size(copy) != size:
        return False
    default_storage.delete(key)
    return True
