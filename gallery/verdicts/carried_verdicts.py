"""Verdicts that follow pictures whose content digest has become more exact."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from gallery.models import Image, Verdict
from gallery.querysets import ImageQuerySet
from gallery.verdicts.store import follow, given_verdicts
from hashing.pictures import digest_of_look

# The columns that name one of the two copies of a content.
NO_COPIES: Mapping[str, object] = {
    "first_copy": None,
    "second_copy": None,
    "first_file": "",
    "second_file": "",
}


def carry_over(pictures: ImageQuerySet) -> None:
    """
    Let verdicts given on `pictures` follow them to digests that also tell how pixels look.

    Files of equal pixels had one digest before colour profiles and depths counted. A verdict stays
    with the content if the picture has another file now. Call it in the transaction that works
    through the changes of `pictures`.
    """
    keys = pictures.order_by().values("pk")
    rows = given_verdicts().filter(Q(first__in=keys) | Q(second__in=keys))
    touched: set[str] = set()
    for row in rows.select_related("first", "second"):
        before = (row.first_digest, row.second_digest)
        after = (_present(row.first, before[0]), _present(row.second, before[1]))
        if before != after and _is_free(row, after):
            _rewrite(row, after)
            touched |= {*before, *after}
    follow(touched)


def _present(image: Image | None, digest: str) -> str:
    """Return the present digest of the content that had `digest` when `image` was judged."""
    if image is None:
        return digest
    renewed = digest_of_look(digest, image.held.depth, image.held.colours)
    return renewed if renewed == image.content_digest else digest


def _is_free(row: Verdict, digests: tuple[str, str]) -> bool:
    """Return whether no other verdict is about these two contents."""
    first, second = sorted(digests)
    others = Verdict.objects.filter(first_digest=first, second_digest=second, is_inferred=False)
    return first == second or not others.exclude(pk=row.pk).exists()


def _rewrite(row: Verdict, digests: tuple[str, str]) -> None:
    """Store `row` about these contents of its pictures."""
    ends = list(zip(digests, (row.first, row.second), strict=True))
    if digests[0] == digests[1]:
        ends.sort(key=lambda end: str(end[1].public_id) if end[1] else "")
        copies = _copies(*(image for _, image in ends))
    else:
        ends.sort(key=lambda end: end[0])
        copies = dict(NO_COPIES)
    (row.first_digest, row.first), (row.second_digest, row.second) = ends
    for name, value in copies.items():
        setattr(row, name, value)
    # An inferred verdict on these contents is replaced by the one that was given.
    Verdict.objects.filter(
        first_digest=row.first_digest, second_digest=row.second_digest, is_inferred=True
    ).delete()
    row.save()


def _copies(first: Image | None, second: Image | None) -> dict[str, object]:
    if first is None or second is None:
        return {}
    return {
        "first_copy": first.public_id,
        "second_copy": second.public_id,
        "first_file": first.sha256,
        "second_file": second.sha256,
    }
