"""
Close-ups: the small copies of pictures from which pairs are compared.

An upload and an import store them with the row, from the pixels that were decoded anyway. For
pictures saved in another way they are made later, from a rendition.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from io import BytesIO

from django.db.models import F, Q
from PIL import Image as PillowImage

from gallery.files import SIZES, largest_size, open_rendition
from gallery.models import Closeup, DeepMatch, Image, PartMatch
from gallery.querysets import ImageQuerySet
from hashing.exceptions import Refusal
from hashing.keypoints import Keypoints
from hashing.pictures import Picture, Preview, reduced_to_preview

logger = logging.getLogger("gallery")

# The rendition that close-ups are made from.
SOURCE_SIZE = SIZES[1]


def closeup_of(image: Image, picture: Picture) -> Closeup:
    """Return the close-up of `image` from its decoded `picture`, to be saved after its row."""
    return _closeup(image, picture.displayed(reduced_to_preview), picture.gray)


def preview_of(picture: Picture) -> Preview:
    """Return the preview of a decoded picture as it would be stored, a little coarser for that."""
    return Preview.from_bytes(Preview.of(picture.displayed(reduced_to_preview)).to_bytes())


def without_closeup() -> ImageQuerySet:
    """Return the pictures that have no close-up of their present content."""
    return Image.objects.filter(
        Q(closeup=None) | ~Q(closeup__content_digest=F("content_digest"))
    ).exclude(content_digest="")


def make_missing(images: Iterable[Image]) -> None:
    """
    Make and store the close-ups of `images`; an empty one where a file cannot be read.

    What was found by an earlier close-up of a picture is forgotten.
    """
    images = list(images)
    for model in (PartMatch, DeepMatch):
        model.objects.filter(Q(first__in=images) | Q(second__in=images)).delete()
    Closeup.objects.bulk_create(
        [_made(image) for image in images],
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["content_digest", "preview", "keypoints", "sought_by"],
    )


def previews_of(images: Iterable[Image]) -> Mapping[int, Preview]:
    """
    Return the previews of `images` by primary key, without those whose files cannot be read.

    Missing close-ups are made first.
    """
    by_key = {image.pk: image for image in images}
    closeups = _stored(by_key)
    if missing := [image for key, image in by_key.items() if key not in closeups]:
        make_missing(missing)
        closeups = _stored(by_key)
    return {key: Preview.from_bytes(data) for key, data in closeups.items() if data}


def _stored(images: Mapping[int, Image]) -> dict[int, bytes]:
    rows = Closeup.objects.filter(image__in=images.keys())
    return {
        closeup.pk: bytes(closeup.preview)
        for closeup in rows
        if closeup.content_digest == images[closeup.pk].content_digest
    }


def _made(image: Image) -> Closeup:
    try:
        data = open_rendition(image, min(SOURCE_SIZE, largest_size(image)))
        with PillowImage.open(BytesIO(data)) as rendition:
            return _closeup(image, rendition, rendition.convert("L"))
    except (Refusal, OSError) as error:
        logger.warning("Cannot look at %s: %s", image.public_id, error)
        return Closeup(image=image, content_digest=image.content_digest, preview=b"")


def _closeup(image: Image, pixels: PillowImage.Image, gray: PillowImage.Image) -> Closeup:
    return Closeup(
        image=image,
        content_digest=image.content_digest,
        preview=Preview.of(pixels).to_bytes(),
        keypoints=Keypoints.of(gray).to_bytes(),
    )
