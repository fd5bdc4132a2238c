"""Clusters of similar pictures, computed from their hashes on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gallery.matching.cluster_kinds import ClusterKind, same_kind
from gallery.models import Image, MatchKind
from gallery.querysets import ImageQuerySet
from gallery.verdicts import settled_pairs
from hashing.fields import compared_fields
from hashing.matching import Cluster, clusters, equal_pairs

COMPUTED_KINDS = (ClusterKind.SAME_BYTES, ClusterKind.SAME_PIXELS, ClusterKind.NEAR)


@dataclass(frozen=True)
class ImageCluster:
    """
    Pictures near a representative, as lists show them.

    `members` are primary keys with the distance to the representative in bits, which is itself
    the first; `diameter` is the greatest distance between two members.
    """

    kind: ClusterKind
    representative: int
    members: tuple[tuple[int, int], ...]
    diameter: int
    sizes: tuple[int, ...] | None = None
    """Bytes of all members, if they were read with them."""
    cursor: str = ""
    """The position in its list, which the address of the next page names."""

    @property
    def keys(self) -> list[int]:
        return [key for key, _ in self.members]


class _Picture(NamedTuple):
    """The columns of a picture that decide which cluster it joins."""

    pk: int
    sha256: str
    content_digest: str
    is_informative: bool


@dataclass(frozen=True)
class _Request:
    """The clusters that are asked for; `settled` pairs of pictures are no longer neighbours."""

    by: str
    max_distance: int
    min_size: int
    settled: set[tuple[int, int]]

    def of_kind(self, kind: str, pictures: Mapping[int, _Picture]) -> list[Cluster]:
        if kind == ClusterKind.SAME_BYTES:
            return self._equal((picture.pk, picture.sha256) for picture in pictures.values())
        if kind == ClusterKind.SAME_PIXELS:
            return self._equal_contents(pictures.values())
        return self._similar(pictures.values())

    def _similar(self, pictures: Iterable[_Picture]) -> list[Cluster]:
        informative = [picture for picture in pictures if picture.is_informative]
        flat = [picture for picture in pictures if not picture.is_informative]
        keys = np.array([picture.pk for picture in informative], dtype=np.int64)
        pairs = Image.objects.hamming_index(self.by).pairs(self.max_distance, keys)
        return clusters(pairs, self.settled, self.min_size) + self._equal_contents(flat)

    def _equal_contents(self, pictures: Iterable[_Picture]) -> list[Cluster]:
        return self._equal((picture.pk, picture.content_digest) for picture in pictures)

    def _equal(self, digests: Iterable[tuple[int, str]]) -> list[Cluster]:
        return clusters(equal_pairs(digests), self.settled, self.min_size)


def image_clusters(
    by: str = "phash",
    max_distance: int = 10,
    min_size: int = 2,
    kind: str = "",
    images: ImageQuerySet | None = None,
) -> list[ImageCluster]:
    """
    Return the clusters among `images` (by default all outside the trash), the largest first.

    `kind` restricts them: "bytes" to equal files, "pixels" to equal pixels in different files,
    "near" to similar pictures. Pairs that people have settled are not neighbours. Flat pictures,
    whose hashes say nothing, only join pictures of equal content.
    Raises ValueError for an argument out of range.
    """
    _check(by, max_distance, min_size, kind)
    pictures = _pictures(Image.objects.untrashed() if images is None else images)
    settled = settled_pairs({picture.pk: picture.content_digest for picture in pictures.values()})
    computed = _Request(by, max_distance, min_size, settled).of_kind(kind, pictures)
    classified = [_classified(cluster, pictures) for cluster in computed]
    wanted = [cluster for cluster in classified if not kind or cluster.kind == kind]
    return sorted(wanted, key=lambda cluster: (-len(cluster.members), cluster.representative))


def _check(by: str, max_distance: int, min_size: int, kind: str) -> None:
    """Raise ValueError for an argument of `image_clusters` that is out of range."""
    if min_size < 2:
        raise ValueError(f"Value for 'min_size' must be 2 or more, not {min_size}.")
    if kind and kind not in COMPUTED_KINDS:
        kinds = ", ".join(repr(kind.value) for kind in COMPUTED_KINDS)
        raise ValueError(f"Value for 'kind' must be one of: {kinds}, not {kind!r}.")
    widths = {field.name: field.width for field in compared_fields(Image)}
    if by not in widths:
        names = ", ".join(map(repr, widths))
        raise ValueError(f"Value for 'by' must be one of: {names}, not {by!r}.")
    if not 0 <= max_distance <= widths[by]:
        raise ValueError(
            f"Value for 'max_distance' must be from 0 to {widths[by]}, not {max_distance}."
        )


def _pictures(images: ImageQuerySet) -> dict[int, _Picture]:
    rows = images.order_by().values_list("pk", "sha256", "content_digest", "is_informative")
    return {row[0]: _Picture(*row) for row in rows.iterator()}


def _classified(cluster: Cluster, pictures: Mapping[int, _Picture]) -> ImageCluster:
    same = same_kind(pictures[key] for key, _ in cluster.members)
    # Hashes alone never tell that two pictures are the same.
    kind = ClusterKind.NEAR if same == MatchKind.COPY else ClusterKind(same.value)
    return ImageCluster(kind, cluster.representative, cluster.members, cluster.diameter)
