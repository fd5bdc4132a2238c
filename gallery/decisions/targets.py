"""Targets: the three kinds of things that a decision can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gallery.models import Album, Tag, Verdict

TAG, ALBUM = "tag", "album"
COLLECTIONS: Mapping[str, type[Tag] | type[Album]] = {TAG: Tag, ALBUM: Album}


@dataclass(frozen=True, slots=True)
class ImageColumn:
    """A column of a picture, such as its title; `image` is a primary key."""

    image: int
    name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a picture belongs to a collection: a tag or an album, by `kind`."""

    kind: str
    image: int
    collection: int


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """
    The verdict on two contents, by their digests, the smaller one first.

    If the digests are equal, `copies` names two pictures by public id, the smaller one first.
    """

    first_digest: str
    second_digest: str
    copies: tuple[str, str] | None = None

    @classmethod
    def of_row(cls, row: Verdict) -> PairVerdict:
        """Return the target that a stored verdict is the value of."""
        has_copies = row.first_copy is not None and row.second_copy is not None
        copies = (str(row.first_copy), str(row.second_copy)) if has_copies else None
        return cls(row.first_digest, row.second_digest, copies)


ChangeTarget: TypeAlias = ImageColumn | Membership | PairVerdict
