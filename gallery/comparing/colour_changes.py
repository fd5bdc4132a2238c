"""Changes of the colours or the brightness of a picture, as its small renditions show them."""

from __future__ import annotations

import logging
from io import BytesIO

from PIL import Image as PillowImage

from gallery.comparing.colour_statistics import ColourStatistics
from gallery.files import SIZES, open_rendition
from gallery.models import Image
from hashing.exceptions import Refusal
from hashing.fingerprints import Alignment, Framing, boxes

logger = logging.getLogger("gallery")


def colour_change(image: Image, other: Image, alignment: Alignment | None) -> str:
    """
    Return words for the change of colours from `image` to `other`, the same picture.

    Returns "" for a small change, if either picture is not stored, or if a file cannot be read.
    """
    if alignment is None or not _can_differ(image, other):
        return ""
    try:
        ours = _statistics(image, alignment.framing)
        theirs = _statistics(other, alignment.other_framing)
    except (Refusal, OSError) as error:
        logger.warning("Cannot compare the colours of %s and %s: %s", image, other, error)
        return ""
    return ours.change(theirs)


def _can_differ(image: Image, other: Image) -> bool:
    """Return whether both pictures are stored and their colour hashes differ."""
    if image.pk is None or other.pk is None:
        return False
    if image.colorhash is None or other.colorhash is None:
        return False
    # Compressing or turning a picture does not change its colour hash.
    return bool(image.colorhash != other.colorhash)


def _statistics(image: Image, framing: Framing) -> ColourStatistics:
    """Measure what `framing` leaves of the smallest rendition of `image`."""
    with PillowImage.open(BytesIO(open_rendition(image, SIZES[0]))) as rendition:
        pixels = rendition.convert("RGB")
    return ColourStatistics.of(pixels.crop(boxes(pixels.convert("L")).get(framing)))
