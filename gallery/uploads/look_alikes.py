"""Pictures that look like one that was just stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from gallery.models import Image
from gallery.people import Member
from gallery.similar import SamePicture, same_at_once


@dataclass(frozen=True)
class LookAlike:
    """
    A picture that looks like another one.

    `distance` is in bits of the perceptual hash. `same` says how the two differ if they are copies
    of the same picture; it is None if they are only similar.
    """

    image: Image
    distance: int
    same: SamePicture | None = None


def look_alikes(image: Image, viewer: Member, limit: int = 4) -> list[LookAlike]:
    """Return pictures visible to `viewer` that look like `image`: copies first, then nearest."""
    copies = [
        LookAlike(same.image, _distance(image, same.image), same)
        for same in same_at_once(image, viewer, limit)
    ]
    if not image.is_informative or len(copies) >= limit:
        return copies
    copy_keys = [copy.image.pk for copy in copies]
    return copies + _similar(image, viewer, copy_keys, limit - len(copies))


def _similar(image: Image, viewer: Member, left_out: Iterable[int], limit: int) -> list[LookAlike]:
    """Return the `limit` nearest pictures to `image`, without the keys `left_out`."""
    visible = Image.objects.visible_to(viewer).filter(is_informative=True).exclude(pk__in=left_out)
    nearest = dict(islice(visible.distances_to(image).items(), limit))
    images = Image.objects.in_bulk(nearest)
    return [LookAlike(images[key], nearest[key]) for key in nearest if key in images]


def _distance(image: Image, other: Image) -> int:
    if image.content_digest == other.content_digest:
        return 0
    # Only a file that cannot be decoded has no hash, and it is like nothing but its equals.
    return image.phash - other.phash if image.phash and other.phash else 0
