"""TODO docstring."""

from __future__ import annotations

from collections.abc import Iterable

from gallery.models import Image, Match, SameKind
from hashing.fingerprints import Sight


def sights(images: Iterable[Image]) -> dict[tuple[str, str], Sight]:
    """Return how contents of `images` see each other, by two content digests, either way round."""
    digests = {image.content_digest for image in images} - {""}
    rows = Match.objects.filter(
        kind=SameKind.PICTURE, first__content_digest__in=digests, second__content_digest__in=digests
    )
    found = {}
    fields = ("first__content_digest", "second__content_digest", *Sight._fields)
    for first, second, *seen in rows.values_list(*fields):
        found[first, second] = Sight(*seen)
        found[second, first] = Sight(*seen).swapped()
    return found


def sight(image: Image, other: Image) -> Sight | None:
    """Return how `image` sees `other`, if it is stored that they are the same picture."""
    if image.content_digest and image.content_digest == other.content_digest:
        return EQUAL
    return sights([image, other]).get((image.content_digest, other.content_digest))


def alignments_by_content(image: Image) -> dict[str, Sight]:
    """Return how `image` sees all contents that are the same picture, by their digests."""
    ours = image.content_digest
    if not ours:
        return {}
    fields = ("first__content_digest", "second__content_digest", *Sight._fields)
    # By contents: of equal ones only one has the matches, and it may be in the trash.
    forwards, backwards = (
        Match.objects.filter(**{f"{end}__content_digest": ours}).values_list(*fields)
        for end in ("first", "second")
    )
    seen = {}
    for first, second, *values in forwards.union(backwards, all=True):
        sight = Sight(*values)
        seen |= {second: sight} if first == ours else {first: sight.swapped()}
    return seen


# How one of equal contents sees another.
EQUAL = Sight(0, "upright", "whole", "whole")
