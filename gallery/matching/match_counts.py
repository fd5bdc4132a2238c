"""How many copies of pictures there are, counting only those that the viewer can see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TypeAlias

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from gallery.models import Image, Match, MatchKind
from gallery.people import Visitor

# The digest of one of the pictures, that of its own content or of a match, and how many pictures
# have the latter; None if the viewer sees none of them.
ContentCount: TypeAlias = tuple[str, str, int | None]


def copy_counts(images: Iterable[Image], viewer: Visitor) -> dict[int, int]:
    """
    Return, by primary key, how many other pictures are the same as each of `images`.

    Counts the pictures that `viewer` can see, in one query of the stored matches. It counts by
    contents, because of several pictures with equal content only one has the matches; its cost
    grows with the matches of `images`, not with the number of pictures in the gallery.
    """
    digest_of = {image.pk: image.content_digest for image in images}
    key_of = {digest: key for key, digest in digest_of.items() if digest}
    counts = _counts(key_of, viewer) if key_of else {}
    return {key: max(0, counts.get(digest, 0) - 1) for key, digest in digest_of.items()}


def _counts(key_of: dict[str, int], viewer: Visitor) -> dict[str, int]:
    """Return how many pictures have each content or match it; `key_of` has one picture of each."""
    own = (
        Image.objects.order_by()
        .filter(pk__in=key_of.values())
        .values_list(
            F("content_digest"), F("content_digest"), _visible_copies(viewer, "content_digest")
        )
    )
    ends = ("first__content_digest", "second__content_digest")
    matched = (_matched(key_of, *pair, viewer) for pair in (ends, ends[::-1]))
    copies: dict[str, dict[str, int]] = defaultdict(dict)
    # While the matches lag behind, two rows can be about the same two contents: count them once.
    for digest, other, count in own.union(*matched, all=True).order_by():
        copies[digest][other] = count or 0
    return {digest: sum(counted.values()) for digest, counted in copies.items()}


def _matched(
    digests: Collection[str], end: str, other_end: str, viewer: Visitor
) -> QuerySet[Match, ContentCount]:
    rows = Match.objects.filter(kind=MatchKind.COPY, **{f"{end}__in": list(digests)})
    return rows.values_list(F(end), F(other_end), _visible_copies(viewer, other_end))


def _visible_copies(viewer: Visitor, digest: str) -> Subquery:
    """Count the pictures that `viewer` can see whose content has the digest in column `digest`."""
    equal = Image.objects.visible_to(viewer).filter(content_digest=OuterRef(digest)).order_by()
    return Subquery(equal.values("content_digest").annotate(number=Count("pk")).values("number"))
