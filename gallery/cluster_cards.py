"""Clusters of duplicates as pages show them: with their pictures, and what is suggested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.text import capfirst

from gallery.cluster_filters import LARGE_BITS, METHODS
from gallery.clusters import ClusterKind, ImageCluster
from gallery.differences import sentence
from gallery.keeping import Preference, Suggestion
from gallery.kept_matches import Sight
from gallery.likeness import Likeness
from gallery.merging import Flow, flows
from gallery.models import Image
from gallery.preferences import suggestion
from gallery.same_pictures import sights


@dataclass(frozen=True)
class Member:
    """A picture in a cluster as the page shows it."""

    image: Image
    likeness: Likeness
    is_representative: bool
    exactness: str
    """What is equal to the representative, if more than the looks is, or how it differs."""


@dataclass(frozen=True)
class ClusterCard:
    """A cluster with its pictures."""

    found: ImageCluster
    members: list[Member]
    sizes: list[int]
    """Bytes of all members, those too that are not shown."""
    preference: Preference = field(default_factory=Preference)

    @cached_property
    def suggestion(self) -> Suggestion | None:
        """Which picture to keep, and why, among those that are shown."""
        return suggestion([member.image for member in self.members], self.preference)

    @property
    def suggested(self) -> Image | None:
        """The picture that it is suggested to keep."""
        key = self.suggestion.key if self.suggestion else None
        return next((member.image for member in self.members if member.image.pk == key), None)

    @cached_property
    def flow(self) -> Flow | None:
        """What that picture would get from the others."""
        others = [member.image for member in self.members if member.image != self.suggested]
        return next(iter(flows([self.suggested], others)), None) if self.suggested else None

    @property
    def others(self) -> int:
        return len(self.members) - 1

    @property
    def bytes_of_others(self) -> int:
        """What would be freed if the suggestion were followed."""
        images = [member.image for member in self.members]
        return sum(image.byte_size or 0 for image in images if image != self.suggested)

    @property
    def mixes_visibility(self) -> bool:
        return len({member.image.visibility for member in self.members}) > 1

    @property
    def hidden(self) -> int:
        """How many members are left out to keep the page short."""
        return len(self.found.keys) - len(self.members)

    @property
    def first_hidden(self) -> int | str:
        """The key of a member that is left out, if any is."""
        return self.found.keys[len(self.members)] if self.hidden else ""

    @property
    def bytes_to_free(self) -> int:
        """What would be freed if only the largest file stayed."""
        return sum(self.sizes) - max(self.sizes, default=0)


def cluster_cards(
    found: Iterable[ImageCluster],
    by: str,
    most: int | None = None,
    preference: Preference | None = None,
) -> list[ClusterCard]:
    """Return the clusters `found` with their `most` nearest pictures, in four queries."""
    found = list(found)
    images = _images(found, most)
    is_near = any(cluster.kind == ClusterKind.NEAR for cluster in found)
    width = METHODS[by].width if is_near else LARGE_BITS
    seen = {} if is_near else sights(images.values())
    sizes = _sizes(found)
    return [
        ClusterCard(
            cluster,
            _members(cluster, images, width, seen)[:most],
            list(cluster.sizes or (sizes.get(key) or 0 for key in cluster.keys)),
            preference or Preference(),
        )
        for cluster in found
    ]


def _images(found: Sequence[ImageCluster], most: int | None) -> dict[int, Image]:
    keys = [key for cluster in found for key in cluster.keys[:most]]
    rows = Image.objects.select_related("owner").prefetch_related("tags", "albums")
    return rows.in_bulk(keys)


def _sizes(found: Sequence[ImageCluster]) -> dict[int, int | None]:
    """Return the bytes of the members of clusters that do not bring them along."""
    keys = [key for cluster in found if cluster.sizes is None for key in cluster.keys]
    rows = Image.objects.filter(pk__in=keys).values_list("pk", "byte_size")
    return dict(rows) if keys else {}


def _members(
    found: ImageCluster,
    images: Mapping[int, Image],
    width: int,
    seen: Mapping[tuple[str, str], Sight],
) -> list[Member]:
    representative = images.get(found.cluster.representative)
    return [
        Member(
            images[key],
            Likeness(distance, width),
            key == found.cluster.representative,
            _difference(images[key], representative, seen),
        )
        for key, distance in found.cluster.members
        if key in images  # deleted since the clusters were computed, or more than are shown
    ]


def _difference(
    image: Image, representative: Image | None, seen: Mapping[tuple[str, str], Sight]
) -> str:
    """Say what is equal to the representative, or how the same picture differs from it."""
    if representative is None or image.pk == representative.pk:
        return ""
    if image.sha256 == representative.sha256:
        return ClusterKind.SAME_BYTES.label
    if image.content_digest and image.content_digest == representative.content_digest:
        return ClusterKind.SAME_PIXELS.label
    sight = seen.get((representative.content_digest, image.content_digest))
    return capfirst(sentence(representative, image, sight)) if sight else ""
