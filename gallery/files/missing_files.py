"""Pictures of which the file is gone from the storage: nothing may be trashed in their favour."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from gallery.models import Image

logger = logging.getLogger("gallery")

# Storages on the network answer many questions at once as fast as one.
AT_ONCE = 16


def is_missing(image: Image) -> bool:
    """Tell whether the storage has no such file; where it cannot tell, the file is not missed."""
    try:
        return not (image.file.name and image.file.storage.exists(image.file.name))
    except Exception as error:
        # Storages raise what they like, and no page depends on this.
        logger.warning("Cannot look for the file of %s: %s", image.public_id, error)
        return False


def missing(images: Iterable[Image]) -> set[int]:
    """Return the keys of those of `images` of which the file is gone."""
    asked = list(images)
    if not asked:
        return set()
    with ThreadPoolExecutor(min(AT_ONCE, len(asked))) as pool:
        gone = pool.map(is_missing, asked)
        return {image.pk for image, is_gone in zip(asked, gone, strict=True) if is_gone}
