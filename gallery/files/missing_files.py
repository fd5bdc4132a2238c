"""Pictures whose original is missing from the storage; no copy may be trashed in their favour."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from gallery.models import Image

logger = logging.getLogger("gallery")

# Requests to a storage at once: one on the network answers many as fast as one.
MAX_REQUESTS = 16


def is_missing(image: Image) -> bool:
    """Return whether the original of `image` is missing; False if the storage does not answer."""
    try:
        return not (image.file.name and image.file.storage.exists(image.file.name))
    except Exception as error:  # noqa: BLE001 (storages raise any class)
        # Storage backends raise errors of any class, and no page should fail because of this.
        logger.warning("Could not check for the file of %s: %s", image.public_id, error)
        return False


def missing(images: Iterable[Image]) -> set[int]:
    """Return the primary keys of the `images` whose original is missing."""
    images = list(images)
    if not images:
        return set()
    with ThreadPoolExecutor(min(MAX_REQUESTS, len(images))) as pool:
        answers = pool.map(is_missing, images)
        return {image.pk for image, gone in zip(images, answers, strict=True) if gone}
