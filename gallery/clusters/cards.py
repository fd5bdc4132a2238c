"""Clusters of duplicates as pages show them: with their pictures, and what is suggested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import capfirst

from gallery.batches import portions
from gallery.comparing import LARGE_BITS, METHODS, Likeness, sentence
from gallery.files import missing
from gallery.matching import ClusterKind, ImageCluster, alignments
from gallery.models import Image
from gallery.review import Flow, flows
from gallery.suggestions import PAGE_PIXELS, Makings, Preference, Suggestion, look_at, suggestion
from gallery.verdicts import MOST_PAIRS
from hashing.fingerprints import Alignment

# Pictures of a cluster among which the list looks for the one to keep, and which it decides whole.
MOST_WEIGHED = 500


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
    images: list[Image]
    """All members, or of a very large cluster the nearest."""
    members: list[Member]
    """Those that are shown."""
    sizes: list[int]
    """Bytes of all members, those too that are not shown."""
    suggestion: Suggestion | None
    """Which of the images to keep, and why."""
    alignments: Mapping[tuple[str, str], Alignment]
    """How contents see each other, by two digests: of the members shown, and perhaps of more."""
    lost: Set[int] = frozenset()
    """Keys of pictures of which the file was looked for, and is gone."""

    @cached_property
    def suggested(self) -> Image | None:
        """The picture that it is suggested to keep."""
        key = self.suggestion.key if self.suggestion else None
        return next((image for image in self.images if image.pk == key), None)

    @cached_property
    def flow(self) -> Flow | None:
        """What that picture would get from the others."""
        others = [image for image in self.images if image != self.suggested]
        return next(iter(flows([self.suggested], others)), None) if self.suggested else None

    @property
    def others(self) -> int:
        return len(self.images) - 1

    @property
    def bytes_of_others(self) -> int:
        """What would be freed if the suggestion were followed."""
        return sum(image.byte_size or 0 for image in self.images if image != self.suggested)

    @property
    def mixes_visibility(self) -> bool:
        return len({image.visibility for image in self.images}) > 1

    @cached_property
    def hidden(self) -> list[int]:
        """The keys of the members that are left out to keep the page short."""
        shown = {member.image.pk for member in self.members}
        return [key for key in self.found.keys if key not in shown]

    @property
    def is_partly_weighed(self) -> bool:
        """Whether it is so large that the suggestion is not one among all its members."""
        return len(self.images) < len(self.found.keys)

    @property
    def can_be_apart(self) -> bool:
        """Whether one decision can say of all members that they are no duplicates."""
        size = len(self.found.keys)
        return not self.is_partly_weighed and size * (size - 1) // 2 <= MOST_PAIRS

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
    """
    Return the clusters `found` with `most` pictures each, the nearest, in six queries.

    What is suggested is one of all members, and shown even if others are nearer; of more than
    MOST_WEIGHED members it is one of the nearest so many.
    """
    found = list(found)
    images = _images(found, None if most is None else MOST_WEIGHED)
    groups = [[images[key] for key in cluster.keys if key in images] for cluster in found]
    makings = _makings(found, groups)
    advice, lost = _advice(groups, preference or Preference(), makings)
    shown = [_shown(*one, most) for one in zip(groups, advice, strict=True)]
    is_near = any(cluster.kind == ClusterKind.NEAR for cluster in found)
    width = METHODS[by].width if is_near else LARGE_BITS
    seen = {} if is_near else alignments([image for some in shown for image in some])
    sizes = _sizes(found)
    return [
        ClusterCard(
            cluster,
            group,
            _members(cluster, some, width, seen),
            list(cluster.sizes or (sizes.get(key) or 0 for key in cluster.keys)),
            told,
            seen,
            lost,
        )
        for cluster, group, some, told in zip(found, groups, shown, advice, strict=True)
    ]


def _images(found: Sequence[ImageCluster], most: int | None) -> dict[int, Image]:
    keys = [key for cluster in found for key in cluster.keys[:most]]
    rows = Image.objects.select_related("owner").prefetch_related("tags", "albums").order_by()
    # Not `in_bulk()`, which on SQLite takes three queries for each 999 pictures.
    return {image.pk: image for part in portions(keys) for image in rows.filter(pk__in=part)}


def _advice(
    groups: Sequence[list[Image]], preference: Preference, makings: Makings
) -> tuple[list[Suggestion | None], Set[int]]:
    """
    Return which of each group to keep, and the keys of pictures of which the file is gone.

    One that is gone is not suggested, unless all of its group are.
    """
    advice = [suggestion(group, preference, makings) for group in groups]
    keys = {told.key for told in advice if told}
    lost = missing(image for group in groups for image in group if image.pk in keys)
    for number, told in enumerate(advice):
        if told and told.key in lost:
            gone = missing(groups[number])
            lost |= gone
            present = [image for image in groups[number] if image.pk not in gone]
            advice[number] = _of_present(present, preference, makings) if present else told
    return advice, lost


def _of_present(
    present: list[Image], preference: Preference, makings: Makings
) -> Suggestion | None:
    if len(present) == 1:
        return Suggestion(present[0].pk, ("the only one whose file is there",))
    return suggestion(present, preference, makings)


def _shown(group: list[Image], advice: Suggestion | None, most: int | None) -> list[Image]:
    """Return the first `most` of `group`; what is suggested comes second, if it is none of them."""
    nearest = group[:most]
    further = [image for image in group[len(nearest) :] if advice and image.pk == advice.key]
    return [*nearest[:1], *further, *nearest[1 : len(nearest) - len(further)]]


def _makings(found: Sequence[ImageCluster], groups: Sequence[list[Image]]) -> Makings:
    """Return how copies were made; some files are read for what is not known yet."""
    pairs = zip(found, groups, strict=True)
    asked = [group for cluster, group in pairs if cluster.kind == ClusterKind.SAME_PICTURE]
    return look_at(asked, PAGE_PIXELS) if asked else {}


def _sizes(found: Sequence[ImageCluster]) -> dict[int, int | None]:
    """Return the bytes of the members of clusters that do not bring them along."""
    keys = [key for cluster in found if cluster.sizes is None for key in cluster.keys]
    rows = Image.objects.filter(pk__in=keys).values_list("pk", "byte_size")
    return dict(rows) if keys else {}


def _members(
    found: ImageCluster,
    shown: Sequence[Image],
    width: int,
    seen: Mapping[tuple[str, str], Alignment],
) -> list[Member]:
    centre = found.cluster.representative
    representative = next((image for image in shown if image.pk == centre), None)
    distances = dict(found.cluster.members)
    return [
        Member(
            image,
            Likeness(distances[image.pk], width),
            image.pk == centre,
            _difference(image, representative, seen),
        )
        for image in shown
    ]


def _difference(
    image: Image, representative: Image | None, seen: Mapping[tuple[str, str], Alignment]
) -> str:
    """Say what is equal to the representative, or how the same picture differs from it."""
    if representative is None or image.pk == representative.pk:
        return ""
    if image.sha256 == representative.sha256:
        return ClusterKind.SAME_BYTES.label
    if image.content_digest and image.content_digest == representative.content_digest:
        return ClusterKind.SAME_PIXELS.label
    alignment = seen.get((representative.content_digest, image.content_digest))
    return capfirst(sentence(representative, image, alignment)) if alignment else ""
