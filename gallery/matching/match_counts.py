"""How many other files there are of each picture of a page, as far as the viewer may know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from gallery.models import Image, Match, SameKind
from gallery.people import Visitor


def count_same(images: Iterable[Image], viewer: Visitor) -> None:
    """
    Give each of `images` `.same_count`: other pictures that are the same, seen by `viewer`.

    One query, of the stored matches. It counts by contents, since of equal ones a single one has
    the matches, and costs one look-up for each match of these pictures, however many others there
    are.
    """
    images = list(images)
    one_of = {image.content_digest: image.pk for image in images if image.content_digest}
    counts = _counts(one_of, viewer) if one_of else {}
    for image in images:
        image.same_count = max(0, counts.get(image.content_digest, 0) - 1)


def _counts(one_of: dict[str, int], viewer: Visitor) -> dict[str, int]:
    """Return how many pictures `viewer` sees of each content or of what matches it."""
    own = Image.objects.order_by().filter(pk__in=one_of.values()).values_list(
        F("content_digest"), F("content_digest"), _copies(viewer, "content_digest")
    )  # fmt: skip
    ends = ("first__content_digest", "second__content_digest")
    matched = (_matched(one_of, *pair, viewer) for pair in (ends, ends[::-1]))
    copies: dict[str, dict[str, int]] = defaultdict(dict)
    # Two rows may tell of the same two contents for as long as the matches lag behind.
    for mine, other, count in own.union(*matched, all=True).order_by():
        copies[mine][other] = count or 0
    return {mine: sum(found.values()) for mine, found in copies.items()}


def _matched(digests: Iterable[str], mine: str, other: str, viewer: Visitor) -> QuerySet:
    rows = Match.objects.filter(kind=SameKind.PICTURE, **{f"{mine}__in": list(digests)})
    return rows.values_list(F(mine), F(other), _copies(viewer, other))


def _copies(viewer: Visitor, digest: str) -> Subquery:
    """Count the pictures that `viewer` sees of the content whose digest stands in `digest`."""
    equal = Image.objects.visible_to(viewer).filter(content_digest=OuterRef(digest)).order_by()
    return Subquery(equal.values("content_digest").annotate(number=Count("pk")).values("number"))
