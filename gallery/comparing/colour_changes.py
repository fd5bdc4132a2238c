"""What was done to the colours and the light of a picture, as its small renditions show it."""

from __future__ import annotations

import logging
from io import BytesIO

from PIL import Image as PillowImage

from gallery.comparing.colour_statistics import Tones
from gallery.files import SIZES, open_rendition
from gallery.models import Image
from hashing.exceptions import Refusal
from hashing.fingerprints import Alignment, Framing, boxes

logger = logging.getLogger("gallery")


def recolouring(image: Image, other: Image, alignment: Alignment | None) -> str:
    """
    Say what was done to the colours or the light of `image` to make `other`.

    Nothing if it was not much, if either is no stored picture, or if a file cannot be read.
    """
    if alignment is None or not _is_hinted(image, other):
        return ""
    try:
        ours, theirs = _tones(image, alignment.framing), _tones(other, alignment.other_framing)
    except (Refusal, OSError) as error:
        logger.warning("Cannot compare the colours of %s and %s: %s", image, other, error)
        return ""
    return ours.change(theirs)


def _is_hinted(image: Image, other: Image) -> bool:
    hashes = (image.colorhash, other.colorhash)
    if None in hashes or image.pk is None or other.pk is None:
        return False
    # Of a copy that was only compressed or turned the colour hash stays as it is.
    return hashes[0] != hashes[1]


def _tones(image: Image, framing: str) -> Tones:
    with PillowImage.open(BytesIO(open_rendition(image, SIZES[0]))) as rendition:
        pixels = rendition.convert("RGB")
    return Tones.of(pixels.crop(boxes(pixels.convert("L")).get(Framing(framing))))
