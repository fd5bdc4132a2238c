"""
Copies of one content, and which of them a verdict is about.

Two copies of one content have the same digest, so a verdict on them names their pictures, by
public id. If such a picture is deleted and the same file is uploaded or imported again, the new
picture takes the place of the copy, and reviewers are not asked about the pair again.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gallery.models import Image, Verdict
from gallery.querysets import ImageQuerySet


class _File(NamedTuple):
    """A file by its content and its exact bytes."""

    content_digest: str
    sha256: str


@dataclass(frozen=True)
class _Newcomer:
    """A picture that can take the place of a copy."""

    key: int
    public_id: str
    file: _File


@dataclass(frozen=True)
class _End:
    """One of the two copies that a verdict is about."""

    copy: str
    key: int | None
    file: _File


def copy_ids(images: Collection[Image]) -> dict[int, str]:
    """Return, by key, the public ids of the deleted copies that some of `images` replaced."""
    if len({image.content_digest for image in images}) == len(images):
        return {}  # no two are equal
    keys = {image.pk for image in images}
    rows = _verdicts_on_copies().filter(Q(first__in=keys) | Q(second__in=keys))
    return {
        end.key: end.copy
        for row in rows.order_by("-pk")
        for end in _ends(row)
        if end.key is not None and end.key in keys
    }


def fill_vacancies(pictures: ImageQuerySet) -> None:
    """
    Let `pictures` take the places of deleted copies of the same file.

    Call it in the transaction that added the pictures or the verdicts.
    """
    equals = pictures.filter(content_digest=OuterRef("first_digest")).order_by()
    rows = list(_verdicts_on_copies().filter(Exists(equals)).order_by("pk"))
    vacant = [row for row in rows if None in (row.first_id, row.second_id)]
    if vacant:
        taken = {end.key for row in rows for end in _ends(row) if end.key is not None}
        digests = {row.first_digest for row in vacant}
        candidates = pictures.filter(content_digest__in=digests).exclude(pk__in=taken)
        _fill(vacant, _assigned(vacant, _newcomers(candidates)))


def _verdicts_on_copies() -> QuerySet[Verdict]:
    """Return the verdicts on two copies of one content."""
    rows = Verdict.objects.filter(first_digest=F("second_digest"))
    return rows.exclude(first_copy=None).exclude(second_copy=None)


def _ends(row: Verdict) -> tuple[_End, _End]:
    content = row.first_digest
    return (
        _End(str(row.first_copy), row.first_id, _File(content, row.first_file)),
        _End(str(row.second_copy), row.second_id, _File(content, row.second_file)),
    )


def _newcomers(pictures: ImageQuerySet) -> list[_Newcomer]:
    # Pictures are locked before the rows that will refer to them, as everywhere.
    rows = pictures.untrashed().order_by("pk").select_for_update()
    columns = ("pk", "public_id", "content_digest", "sha256")
    return [
        _Newcomer(key, str(public_id), _File(content_digest, sha256))
        for key, public_id, content_digest, sha256 in rows.values_list(*columns)
    ]


def _assigned(vacant: Iterable[Verdict], newcomers: Collection[_Newcomer]) -> dict[str, int]:
    """
    Return the picture, by key, for each vacant copy, by public id.

    The picture with that very id if there is one, else any with the same file.
    """
    file_of = {end.copy: end.file for row in vacant for end in _ends(row) if end.key is None}
    assigned = {one.public_id: one.key for one in newcomers if one.public_id in file_of}
    free: dict[_File, deque[int]] = defaultdict(deque)
    for newcomer in newcomers:
        if newcomer.public_id not in assigned:
            free[newcomer.file].append(newcomer.key)
    for copy, file in file_of.items():
        if copy not in assigned and free[file]:
            assigned[copy] = free[file].popleft()
    return assigned


def _fill(vacant: Iterable[Verdict], assigned: Mapping[str, int]) -> None:
    filled = []
    for row in vacant:
        first, second = (end.key or assigned.get(end.copy) for end in _ends(row))
        if (first, second) != (row.first_id, row.second_id):
            row.first_id, row.second_id = first, second
            filled.append(row)
    Verdict.objects.bulk_update(filled, ["first", "second"], batch_size=200)
