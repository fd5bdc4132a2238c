"""What a cluster comes to: its figures, for those who see all of it and for those who do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gallery.models import AudienceSummary, Image, SameKind

# What rows of clusters and of their views hold.
COLUMNS = ("kind", "size", "widest", "bytes_to_free", "newest")


class Entry(NamedTuple):
    """A picture as far as clusters are concerned; `owner` is a key, or None."""

    pk: int
    sha256: str
    content_digest: str
    byte_size: int
    is_trashed: bool
    owner: int | None = None
    is_private: bool = False

    @classmethod
    def of(cls, row: Sequence[Any]) -> Entry:
        """Make one of the values of a row, in the order of SOURCES."""
        key, sha256, digest, size, trashed_at, owner, visibility = row
        is_private = visibility == Image.Visibility.PRIVATE
        return cls(key, sha256, digest, size or 0, trashed_at is not None, owner, is_private)


# What an entry is made of, in the order of its fields.
SOURCES = ("pk", "sha256", "content_digest", "byte_size", "trashed_at", "owner", "visibility")


class Member(NamedTuple):
    """A picture in a cluster, so many bits of 256 from its representative."""

    entry: Entry
    distance: int


@dataclass(frozen=True)
class View:
    """What a cluster comes to for an audience, as `AudienceSummary` tells it."""

    audience: int
    figures: tuple[Any, ...]
    """In the order of COLUMNS."""


def figures(members: Sequence[Member]) -> tuple[Any, ...]:
    """Return the values of COLUMNS for these members of a cluster."""
    sizes = [member.entry.byte_size for member in members]
    return (
        str(kind_of(member.entry for member in members).value),
        len(members),
        max(member.distance for member in members),
        sum(sizes) - max(sizes),
        max(member.entry.pk for member in members),
    )


def views(members: Sequence[Member]) -> tuple[View, ...]:
    """Return what everybody sees of a cluster, and what each owner of private pictures in it."""
    seen: Mapping[int, list[Member]] = {
        audience: [m for m in members if not m.entry.is_private or m.entry.owner == audience]
        for audience in {AudienceSummary.EVERYBODY, *_hiding(members)}
    }
    # Who sees one picture only has nothing to compare.
    return tuple(View(who, figures(those)) for who, those in sorted(seen.items()) if len(those) > 1)


def _hiding(members: Iterable[Member]) -> set[int]:
    private = (member.entry.owner for member in members if member.entry.is_private)
    return {owner for owner in private if owner is not None}


def kind_of(pictures: Iterable[Any]) -> SameKind:
    """Return what pictures that are the same have in common at the least."""
    pictures = list(pictures)
    if len({picture.sha256 for picture in pictures}) == 1:
        return SameKind.BYTES
    if len({picture.content_digest for picture in pictures}) == 1:
        return SameKind.PIXELS
    return SameKind.PICTURE
