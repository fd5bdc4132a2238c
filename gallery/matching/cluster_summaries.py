"""The figures of a cluster: for viewers of all its members, and for those who see only some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from gallery.matching.cluster_kinds import same_kind
from gallery.models import AudienceSummary, Image, Relation

# A row of these columns of Image is what a ClusterPicture is made of.
PICTURE_COLUMNS = (
    *("pk", "sha256", "content_digest", "byte_size"),
    *("trashed_at", "owner", "visibility"),
)
PictureRow: TypeAlias = tuple[int, str, str, int | None, datetime | None, int | None, str]


class ClusterPicture(NamedTuple):
    """The columns of a picture that clusters depend on; `owner` is the key of a user."""

    pk: int
    sha256: str
    content_digest: str
    byte_size: int
    is_trashed: bool
    owner: int | None = None
    is_private: bool = False

    @classmethod
    def of(cls, row: PictureRow) -> ClusterPicture:
        """Return the picture of a row of PICTURE_COLUMNS."""
        key, sha256, digest, size, trashed_at, owner, visibility = row
        is_private = visibility == Image.Visibility.PRIVATE
        return cls(key, sha256, digest, size or 0, trashed_at is not None, owner, is_private)


class PlacedPicture(NamedTuple):
    """A picture in a cluster, `distance` bits of 256 from the representative."""

    picture: ClusterPicture
    distance: int


class Summary(NamedTuple):
    """The figures of a cluster, named as the columns of ClusterSummary."""

    relation: str
    kind: str
    size: int
    widest: int
    bytes_to_free: int
    newest: int


class AudienceFigures(NamedTuple):
    """The figures of a cluster for one audience, as a row of AudienceSummary has them."""

    audience: int
    summary: Summary


def summary(members: Sequence[PlacedPicture], relation: Relation = Relation.COPIES) -> Summary:
    """Return the figures of a cluster of `relation` with these members."""
    are_copies = relation == Relation.COPIES
    kind = same_kind(member.picture for member in members) if are_copies else relation.kind
    sizes = [member.picture.byte_size for member in members]
    return Summary(
        relation=str(relation),
        kind=str(kind),
        size=len(members),
        widest=max(member.distance for member in members),
        bytes_to_free=sum(sizes) - max(sizes),
        newest=max(member.picture.pk for member in members),
    )


def audience_figures(
    members: Sequence[PlacedPicture], relation: Relation = Relation.COPIES
) -> tuple[AudienceFigures, ...]:
    """Return the figures for everybody, and for each owner of private pictures in a cluster."""
    visible: Mapping[int, list[PlacedPicture]] = {
        audience: [member for member in members if _is_visible(member.picture, audience)]
        for audience in {AudienceSummary.EVERYBODY, *_owners_of_private(members)}
    }
    # An audience that sees only one of the pictures has nothing to compare.
    return tuple(
        AudienceFigures(audience, summary(pictures, relation))
        for audience, pictures in sorted(visible.items())
        if len(pictures) > 1 and is_related(pictures, relation)
    )


def is_related(members: Sequence[PlacedPicture], relation: Relation) -> bool:
    """Return whether there is something to compare: equal contents are not altered."""
    contents = {member.picture.content_digest for member in members}
    return relation == Relation.COPIES or len(contents) > 1


def _is_visible(picture: ClusterPicture, audience: int) -> bool:
    return not picture.is_private or picture.owner == audience


def _owners_of_private(members: Iterable[PlacedPicture]) -> set[int]:
    owners = (member.picture.owner for member in members if member.picture.is_private)
    return {owner for owner in owners if owner is not None}
