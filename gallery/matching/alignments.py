"""TODO docstring."""

from __future__ import annotations

from collections.abc import Iterable

from gallery.models import Image, Match, SameKind
from hashing.fingerprints import Alignment


def alignments(images: Iterable[Image]) -> dict[tuple[str, str], Alignment]:
    """Return how contents of `images` see each other, by two content digests, either way round."""
    digests = {image.content_digest for image in images} - {""}
    rows = Match.objects.filter(
        kind=SameKind.PICTURE, first__content_digest__in=digests, second__content_digest__in=digests
    )
    found = {}
    fields = ("first__content_digest", "second__content_digest", *Alignment._fields)
    for first, second, *seen in rows.values_list(*fields):
        found[first, second] = Alignment.of(*seen)
        found[second, first] = Alignment.of(*seen).swapped()
    return found


def alignment(image: Image, other: Image) -> Alignment | None:
    """Return how `image` sees `other`, if it is stored that they are the same picture."""
    if image.content_digest and image.content_digest == other.content_digest:
        return EQUAL
    return alignments([image, other]).get((image.content_digest, other.content_digest))


def alignments_by_content(image: Image) -> dict[str, Alignment]:
    """Return how `image` sees all contents that are the same picture, by their digests."""
    ours = image.content_digest
    if not ours:
        return {}
    fields = ("first__content_digest", "second__content_digest", *Alignment._fields)
    # By contents: of equal ones only one has the matches, and it may be in the trash.
    forwards, backwards = (
        Match.objects.filter(**{f"{end}__content_digest": ours}).values_list(*fields)
        for end in ("first", "second")
    )
    seen = {}
    for first, second, *values in forwards.union(backwards, all=True):
        alignment = Alignment.of(*values)
        seen |= {second: alignment} if first == ours else {first: alignment.swapped()}
    return seen


# How one of equal contents sees another.
EQUAL = Alignment(0)
