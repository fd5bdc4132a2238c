"""The keypoints of all pictures, in the memory of the one process that seeks parts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence

from gallery.batches import in_batches
from gallery.conf import setting
from gallery.models import Closeup
from hashing.keypoints import (
    KeypointIndex,
    Keypoints,
    Part,
    StoredPicture,
    TooManyPictures,
    find_parts,
)
from hashing.pictures import Preview

logger = logging.getLogger("gallery")

# Close-ups that one query reads.
PORTION = 500


class KeypointMemory:
    """
    An index of the keypoints of all pictures, loaded when it is first asked.

    Only the worker holds one. It takes about 2 KB a picture, up to the number of pictures in the
    setting KEYPOINT_PICTURES; parts of further pictures are not found.
    """

    def __init__(self) -> None:
        self._index = KeypointIndex(setting("KEYPOINT_PICTURES"))
        self._is_loaded = False
        self._is_full = False

    def parts_of(self, closeup: Closeup) -> list[Part]:
        """Return the pictures that share a part with that of `closeup`, which is remembered."""
        if not self._is_loaded:
            self._load()
        if not closeup.keypoints:
            return []
        query = Keypoints.from_bytes(bytes(closeup.keypoints))
        self._remember(closeup.pk, query)
        preview = Preview.from_bytes(bytes(closeup.preview))
        found = find_parts(query, preview, self._index, self._fetch)
        return [part for part in found if part.key != closeup.pk]

    def _load(self) -> None:
        rows = Closeup.objects.exclude(sought_by=0).exclude(keypoints=b"")
        for key, keypoints in rows.values_list("pk", "keypoints").iterator(chunk_size=PORTION):
            try:
                self._remember(key, Keypoints.from_bytes(bytes(keypoints)))
            except ValueError:
                logger.debug("The keypoints of %s are of an older version.", key)
        self._is_loaded = True

    def _remember(self, key: int, keypoints: Keypoints) -> None:
        try:
            self._index.add(key, keypoints)
        except TooManyPictures as error:
            if not self._is_full:
                logger.warning("Parts of some pictures will not be found. %s", error)
            self._is_full = True

    def _fetch(self, keys: Sequence[int]) -> Mapping[int, StoredPicture]:
        """Return what is stored of the pictures, and forget those that are gone."""
        stored = {
            key: StoredPicture(bytes(keypoints), bytes(preview))
            for batch in in_batches(keys)
            for key, keypoints, preview in Closeup.objects.filter(pk__in=batch).values_list(
                "pk", "keypoints", "preview"
            )
        }
        self._forget(set(keys) - stored.keys())
        return stored

    def _forget(self, keys: Iterable[int]) -> None:
        for key in keys:
            self._index.remove(key)
