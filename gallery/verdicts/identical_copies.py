"""
Copies of one content, and which of them a verdict means.

Contents that are equal cannot be told apart, so what is said of two copies is about these two. A
copy is known by the public id of its picture. When that is deleted and the same file comes again,
by another upload or import, the new picture takes the place of the copy, and nobody is asked anew.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gallery.models import Image, Verdict
from gallery.querysets import ImageQuerySet

ENDS = ("first", "second")


class _Newcomer(NamedTuple):
    """A picture that may take the place of a copy."""

    key: int
    public_id: str
    sha256: str
    content_digest: str


def name(images: Collection[Image]) -> None:
    """Let those of `images` that took the place of a copy know it, as `.copy`."""
    if len({image.content_digest for image in images}) == len(images):
        return  # no two are equal
    by_key = {image.pk: image for image in images}
    rows = on_copies().filter(Q(first__in=by_key) | Q(second__in=by_key))
    for row in rows.order_by("-pk"):
        for end in ENDS:
            if image := by_key.get(getattr(row, f"{end}_id")):
                image.copy = str(getattr(row, f"{end}_copy") or image.public_id)


def name_of(image: Image) -> str:
    """Return the id by which verdicts know `image` among its equals."""
    return getattr(image, "copy", None) or str(image.public_id)


def on_copies() -> QuerySet[Verdict]:
    """Return the verdicts on two copies of one content."""
    return Verdict.objects.filter(first_digest=F("second_digest"))


def welcome(pictures: ImageQuerySet) -> None:
    """Let `pictures` take the places of deleted copies of the same file, in today's transaction."""
    equals = pictures.filter(content_digest=OuterRef("first_digest")).order_by()
    rows = list(on_copies().filter(Exists(equals)).order_by("pk"))
    vacant = [row for row in rows if None in (row.first_id, row.second_id)]
    if vacant:
        taken = {key for row in rows for key in (row.first_id, row.second_id)} - {None}
        digests = {row.first_digest for row in vacant}
        here = pictures.filter(content_digest__in=digests).exclude(pk__in=taken)
        _fill(vacant, _placed(vacant, _newcomers(here)))


def _newcomers(pictures: ImageQuerySet) -> list[_Newcomer]:
    # Locked, as whatever names a picture does it, before the rows that will name them.
    rows = pictures.untrashed().order_by("pk").select_for_update()
    columns = ("pk", "public_id", "sha256", "content_digest")
    return [_Newcomer(key, str(id_), *row) for key, id_, *row in rows.values_list(*columns)]


def _placed(vacant: Iterable[Verdict], newcomers: Iterable[_Newcomer]) -> dict[str, int]:
    """Return which picture is which copy: by its public id, else whichever has the same file."""
    newcomers = list(newcomers)
    awaited = {
        str(getattr(row, f"{end}_copy")): (row.first_digest, getattr(row, f"{end}_file"))
        for row in vacant
        for end in ENDS
        if getattr(row, f"{end}_id") is None
    }
    placed = {one.public_id: one.key for one in newcomers if one.public_id in awaited}
    waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for one in newcomers:
        if one.public_id not in placed:
            waiting[one.content_digest, one.sha256].append(one.key)
    for copy, file in awaited.items():
        if copy not in placed and waiting.get(file):
            placed[copy] = waiting[file].popleft()
    return placed


def _fill(vacant: Iterable[Verdict], placed: dict[str, int]) -> None:
    filled = []
    for row in vacant:
        for end in ENDS:
            key = placed.get(str(getattr(row, f"{end}_copy")))
            if key is not None and getattr(row, f"{end}_id") is None:
                setattr(row, f"{end}_id", key)
                filled.append(row)
    Verdict.objects.bulk_update(set(filled), ENDS, batch_size=200)
