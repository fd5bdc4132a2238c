"""Stored alignments: how one picture has to be turned and cut to become another."""

from __future__ import annotations

from collections.abc import Iterable

from gallery.models import Image, Match, SameKind
from hashing.fingerprints import Alignment

# The alignment of two pictures with equal content.
EQUAL_CONTENT = Alignment(0)


def alignments(images: Iterable[Image]) -> dict[tuple[str, str], Alignment]:
    """Return the alignments among `images` by two content digests, in both directions."""
    digests = {image.content_digest for image in images} - {""}
    rows = Match.objects.filter(
        kind=SameKind.PICTURE, first__content_digest__in=digests, second__content_digest__in=digests
    )
    by_contents: dict[tuple[str, str], Alignment] = {}
    columns = ("first__content_digest", "second__content_digest", *Alignment._fields)
    for first, second, *values in rows.values_list(*columns):
        alignment = Alignment.of(*values)
        by_contents[first, second] = alignment
        by_contents[second, first] = alignment.swapped()
    return by_contents


def alignments_by_content(image: Image) -> dict[str, Alignment]:
    """Return the alignments of `image` to all matching contents, by the digests of these."""
    own = image.content_digest
    if not own:
        return {}
    columns = ("first__content_digest", "second__content_digest", *Alignment._fields)
    # By content: of several pictures with equal content only one has the matches, and that one
    # can be in the trash.
    forwards, backwards = (
        Match.objects.filter(**{f"{end}__content_digest": own}).values_list(*columns)
        for end in ("first", "second")
    )
    by_content: dict[str, Alignment] = {}
    for first, second, *values in forwards.union(backwards, all=True):
        alignment = Alignment.of(*values)
        if first == own:
            by_content[second] = alignment
        else:
            by_content[first] = alignment.swapped()
    return by_content
