"""Clusters of pictures that look alike, less what people have settled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db import models

from gallery.models import Image
from gallery.querysets import ImageQuerySet
from gallery.verdicts import settled_pairs
from hashing.fields import compared_fields
from hashing.matching import Cluster, clusters, equal_pairs


class ClusterKind(models.TextChoices):
    """What the members of a cluster have in common."""

    SAME_BYTES = "bytes", "Same file"
    SAME_PIXELS = "pixels", "Same pixels"
    SAME_PICTURE = "picture", "Same picture"
    NEAR = "near", "Similar"


@dataclass(frozen=True)
class ImageCluster:
    """A cluster, and what its members have in common at the least."""

    kind: ClusterKind
    cluster: Cluster
    sizes: tuple[int, ...] | None = None
    """Bytes of all members, where they are known already."""
    cursor: str = ""
    """Where it stands in its list, for the page that follows it."""

    @property
    def keys(self) -> list[int]:
        return [key for key, _ in self.cluster.members]


@dataclass(frozen=True)
class _Entry:
    """A picture as far as clusters are concerned."""

    pk: int
    sha256: str
    content_digest: str
    is_informative: bool


def image_clusters(
    by: str = "phash",
    max_distance: int = 10,
    min_size: int = 2,
    kind: str = "",
    images: ImageQuerySet | None = None,
) -> list[ImageCluster]:
    """
    Return the clusters among `images` (all that are not in the trash), the largest first.

    `kind` narrows them: "bytes" to equal files, "pixels" to equal pictures in different files,
    "near" to look-alikes. Flat pictures, whose hashes say nothing, only join their equals.
    Raises ValueError for an argument out of range.
    """
    if min_size < 2:
        raise ValueError(f"Value for 'min_size' must be 2 or more, not {min_size}.")
    computed = [value for value in ClusterKind.values if value != ClusterKind.SAME_PICTURE]
    if kind and kind not in computed:
        kinds = ", ".join(map(repr, computed))
        raise ValueError(f"Value for 'kind' must be one of: {kinds}, not {kind!r}.")
    _check_distance(by, max_distance)
    entries = _entries(Image.objects.untrashed() if images is None else images)
    settled = settled_pairs({entry.pk: entry.content_digest for entry in entries.values()})
    if kind == ClusterKind.SAME_BYTES:
        found = _equal(entries.values(), "sha256", settled, min_size)
    elif kind == ClusterKind.SAME_PIXELS:
        found = _equal(entries.values(), "content_digest", settled, min_size)
    else:
        found = _alike(entries, by, max_distance, settled, min_size)
    classified = [ImageCluster(_kind(cluster, entries), cluster) for cluster in found]
    kept = [cluster for cluster in classified if not kind or cluster.kind == kind]
    return sorted(kept, key=lambda found: (-len(found.cluster), found.cluster.representative))


def _check_distance(by: str, max_distance: int) -> None:
    fields = {field.name: field for field in compared_fields(Image)}
    if by not in fields:
        raise ValueError(
            f"Value for 'by' must be one of: {', '.join(map(repr, fields))}, not {by!r}."
        )
    if not 0 <= max_distance <= fields[by].width:
        raise ValueError(
            f"Value for 'max_distance' must be from 0 to {fields[by].width}, not {max_distance}."
        )


def _entries(images: ImageQuerySet) -> dict[int, _Entry]:
    rows = images.order_by().values_list("pk", "sha256", "content_digest", "is_informative")
    return {row[0]: _Entry(*row) for row in rows.iterator()}


def _alike(
    entries: dict[int, _Entry],
    by: str,
    max_distance: int,
    settled: set[tuple[int, int]],
    min_size: int,
) -> list[Cluster]:
    informative = [entry.pk for entry in entries.values() if entry.is_informative]
    flat = [entry for entry in entries.values() if not entry.is_informative]
    index = Image.objects.hamming_index(by)
    pairs = index.pairs(max_distance, np.array(informative, dtype=np.int64))
    return clusters(pairs, settled, min_size) + _equal(flat, "content_digest", settled, min_size)


def _equal(
    entries: object, digest: str, settled: set[tuple[int, int]], min_size: int
) -> list[Cluster]:
    pairs = equal_pairs((entry.pk, getattr(entry, digest)) for entry in entries)
    return clusters(pairs, settled, min_size)


def _kind(cluster: Cluster, entries: dict[int, _Entry]) -> ClusterKind:
    members = [entries[key] for key, _ in cluster.members]
    if len({entry.sha256 for entry in members}) == 1:
        return ClusterKind.SAME_BYTES
    if len({entry.content_digest for entry in members}) == 1:
        return ClusterKind.SAME_PIXELS
    return ClusterKind.NEAR
