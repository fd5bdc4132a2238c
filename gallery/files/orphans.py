"""
Files in the storage that no row knows, and renditions that broke off.

Everything goes through Django's storage API, a folder at a time, so it works alike on a disk
and on S3. Nothing is deleted: what is in the way is moved to `lost-and-found/`.
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
from gallery.files.integrity import Finding
from gallery.files.renditions import rendition_key, rendition_sizes
from gallery.models import Image

LOST_AND_FOUND = "lost-and-found"
# Keys that are looked up in the database at once.
PORTION = 500


def file_findings(*, repair: bool = False, grace: timedelta) -> Iterator[list[Finding]]:
    """
    Yield what is wrong with each stored original and rendition, an empty list if nothing is.

    Files younger than `grace` may be waiting for their row and are passed over. With `repair`
    what is found is moved to `lost-and-found/`; a rendition is made anew when it is asked for.
    """
    for key, finding in _inspected():
        if finding is None or not _is_older(key, grace):
            yield []
        else:
            yield [replace(finding, is_mended=_move_away(key)) if repair else finding]


def _inspected() -> Iterator[tuple[str, Finding | None]]:
    for folder, known_keys in _KNOWN_KEYS.items():
        for keys in in_batches(_keys_below(folder), PORTION):
            known = known_keys(keys)
            for key in keys:
                if key not in known:
                    reason = "No picture has this file."
                    yield key, Finding(f"orphan_{folder[:-1]}", key, reason, is_safe=True)
                elif folder == "renditions" and not _is_whole(key):
                    reason = "This rendition broke off while it was written."
                    yield key, Finding("broken_rendition", key, reason, is_safe=True)
                else:
                    yield key, None


def _keys_below(folder: str) -> Iterator[str]:
    """Yield the keys of all files in `folder` and below; the listing of one folder at a time."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    # Some stores list the folder itself as a file without a name.
    yield from (f"{folder}/{name}" for name in sorted(files) if name)
    for name in sorted(folders):
        yield from _keys_below(f"{folder}/{name}")


def _known_originals(keys: list[str]) -> set[str]:
    return set(Image._base_manager.filter(file__in=keys).values_list("file", flat=True))


def _known_renditions(keys: list[str]) -> set[str]:
    ids = {id_ for key in keys if (id_ := _public_id(key))}
    rows = Image._base_manager.filter(public_id__in=ids)
    return {
        rendition_key(image, size)
        for image in rows.only("public_id", "sha256", "width", "height")
        for size, _ in rendition_sizes(image)
    }


_KNOWN_KEYS: dict[str, Callable[[list[str]], set[str]]] = {
    "originals": _known_originals,
    "renditions": _known_renditions,
}


def _public_id(key: str) -> UUID | None:
    """Return the public id that stands in the key of a rendition, if one does."""
    try:
        return UUID(key.split("/")[2])
    except (IndexError, ValueError):
        return None


def _is_whole(key: str) -> bool:
    """Tell whether the WebP called `key` is as long as its header says."""
    try:
        with default_storage.open(key, "rb") as file:
            header = file.read(12)
            is_webp = header[:4] == b"RIFF" and header[8:] == b"WEBP"
            return is_webp and int.from_bytes(header[4:8], "little") + 8 == file.size
    except FileNotFoundError:
        return True  # it has gone meanwhile


def _is_older(key: str, grace: timedelta) -> bool:
    if not default_storage.exists(key):
        return False  # it has gone meanwhile
    return default_storage.get_modified_time(key) <= timezone.now() - grace


def _move_away(key: str) -> bool:
    """Move the file called `key` to lost-and-found; False if the copy is not like it."""
    with default_storage.open(key, "rb") as file:
        size = file.size
        copy = default_storage.save(f"{LOST_AND_FOUND}/{key}", File(file))
    if default_storage.size(copy) != size:
        return False
    default_storage.delete(key)
    return True
