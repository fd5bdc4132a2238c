"""Stored alignments: how one picture has to be turned and cut to become another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gallery.models import EQUAL_KINDS, Image, Match, MatchKind
from hashing.fingerprints import Alignment

# The alignment of two pictures with equal content.
EQUAL_CONTENT = Alignment(0)
# What is shown as another file of the picture, or as an altered one.
SHOWN_KINDS = (*EQUAL_KINDS, MatchKind.COPY, MatchKind.ALTERED)


def alignments(images: Iterable[Image]) -> dict[tuple[str, str], Alignment]:
    """Return the alignments among `images` by two content digests, in both directions."""
    digests = {image.content_digest for image in images} - {""}
    rows = Match.objects.filter(
        kind__in=(MatchKind.COPY, MatchKind.ALTERED),
        first__content_digest__in=digests,
        second__content_digest__in=digests,
    )
    by_contents: dict[tuple[str, str], Alignment] = {}
    columns = ("first__content_digest", "second__content_digest", *Alignment._fields)
    for first, second, *values in rows.values_list(*columns):
        alignment = Alignment.of(*values)
        by_contents[first, second] = alignment
        by_contents[second, first] = alignment.swapped()
    return by_contents


class KnownMatch(NamedTuple):
    """What another content is to a picture, and how that picture is turned and cut to become it."""

    kind: MatchKind
    alignment: Alignment


def matches_by_content(image: Image) -> dict[str, KnownMatch]:
    """
    Return the matches of `image` that were looked at, by the digests of the other contents.

    Those that turned out to be only similar are left out.
    """
    own = image.content_digest
    if not own:
        return {}
    columns = ("first__content_digest", "second__content_digest", "kind", *Alignment._fields)
    # By content: of several pictures with equal content only one has the matches, and that one
    # can be in the trash.
    forwards, backwards = (
        Match.objects.filter(kind__in=SHOWN_KINDS, **{f"{end}__content_digest": own}).values_list(
            *columns
        )
        for end in ("first", "second")
    )
    by_content: dict[str, KnownMatch] = {}
    for first, second, kind, *values in forwards.union(backwards, all=True):
        alignment = Alignment.of(*values)
        if first == own:
            by_content[second] = KnownMatch(MatchKind(kind), alignment)
        else:
            by_content[first] = KnownMatch(MatchKind(kind), alignment.swapped())
    return by_content
