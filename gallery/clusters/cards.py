"""Clusters as pages show them: with their pictures and the suggestion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from django.utils.text import capfirst

from gallery.batches import in_batches
from gallery.clusters.card_suggestions import CardSuggestions
from gallery.comparing import LARGE_BITS, METHODS, Mark, Similarity, marks_of, sentence
from gallery.matching import ClusterKind, ImageCluster, alignments
from gallery.models import Image
from gallery.parts import SharedPart, parts_among
from gallery.review import Flow, flows, stranded_owners, stranding
from gallery.suggestions import Preference, Suggestion
from gallery.verdicts import MOST_PAIRS
from gallery.verification import ContentPair, ordered, verifications
from hashing.fingerprints import Alignment
from hashing.verification import Verification

# Members of a cluster among which the list looks for the one to keep, the nearest first. Only a
# cluster with no more can be decided as a whole.
MOST_CONSIDERED = 500

Alignments = Mapping[tuple[str, str], Alignment]


@dataclass(frozen=True)
class CardMember:
    """A member of a cluster as the page shows it."""

    image: Image
    similarity: Similarity
    is_representative: bool
    difference: str
    """What is equal to the representative, or how it differs; "" if only the distance is known."""
    marks: Sequence[Mark] = ()
    """Rectangles around what differs from the representative."""
    outline: str = ""
    """The part of the representative that it shows, as the points of an SVG polygon."""


@dataclass(frozen=True)
class Looks:
    """
    What is known of pairs of pictures.

    `alignments` and what was `seen` go by two contents, `parts` by two primary keys.
    """

    alignments: Alignments
    seen: Mapping[ContentPair, Verification]
    parts: Mapping[tuple[int, int], SharedPart]

    @classmethod
    def among(cls, clusters: Iterable[ImageCluster], pictures: Collection[Image]) -> Looks:
        """Read what is known of the pictures of these clusters."""
        kinds = {cluster.kind for cluster in clusters}
        aligned = {} if ClusterKind.NEAR in kinds else alignments(pictures)
        seen = verifications(ordered(*pair) for pair in aligned)
        return cls(aligned, seen, parts_among(pictures) if ClusterKind.PART in kinds else {})

    def between(self, first: str, second: str) -> Verification | None:
        """Return what was seen of two contents, from the first to the second."""
        seen = self.seen.get(ordered(first, second))
        return seen.swapped() if seen and first > second else seen

    def marks(self, first: Image, second: Image) -> Sequence[Mark]:
        """Return rectangles around what the second picture shows and the first does not."""
        seen = self.between(first.content_digest, second.content_digest)
        return marks_of(second, (box.second for box in seen.boxes)) if seen else ()

    def outline(self, first: Image, second: Image) -> str:
        """Return a polygon around the part of the first picture that the second one shows."""
        shared = self.parts.get((first.pk, second.pk))
        return shared.outline if shared else ""


@dataclass(frozen=True)
class ClusterCard:
    """A cluster with its pictures."""

    cluster: ImageCluster
    images: list[Image]
    """All members, or of a very large cluster the nearest."""
    members: list[CardMember]
    """The members that the page shows."""
    sizes: list[int]
    """Bytes of all members."""
    suggestion: Suggestion | None
    """Which of the images to keep, and why."""
    alignments: Alignments
    """Alignments by two content digests, of the members shown and perhaps of others."""
    missing: Set[int] = frozenset()
    """Keys of pictures whose file turned out to be missing."""
    unread: Set[int] = frozenset()
    """Keys of pictures whose file the worker has still to read."""

    @cached_property
    def suggested(self) -> Image | None:
        """The picture that is suggested to keep."""
        key = self.suggestion.key if self.suggestion else None
        return next((image for image in self.images if image.pk == key), None)

    @cached_property
    def flow(self) -> Flow | None:
        """What the suggested picture would get from the others."""
        if self.suggested is None:
            return None
        others = [image for image in self.images if image != self.suggested]
        return next(iter(flows([self.suggested], others)), None)

    @cached_property
    def stranding(self) -> str:
        """Who would lose the only copy they can see if the suggestion were followed."""
        if self.suggested is None:
            return ""
        others = [image for image in self.images if image != self.suggested]
        given = [self.flow] if self.flow else []
        return stranding(stranded_owners([self.suggested], others, given))

    @property
    def is_unread(self) -> bool:
        """Whether the suggestion can change once all files have been read."""
        return any(image.pk in self.unread for image in self.images)

    @property
    def others(self) -> int:
        return len(self.images) - 1

    @property
    def bytes_of_others(self) -> int:
        """The bytes that following the suggestion would free."""
        return sum(image.byte_size or 0 for image in self.images if image != self.suggested)

    @property
    def mixes_visibility(self) -> bool:
        return len({image.visibility for image in self.images}) > 1

    @cached_property
    def hidden(self) -> list[int]:
        """The keys of the members that are left out to keep the page short."""
        shown = {member.image.pk for member in self.members}
        return [key for key in self.cluster.keys if key not in shown]

    @property
    def is_partly_considered(self) -> bool:
        """Whether the cluster is too large to consider all its members for the suggestion."""
        return len(self.images) < len(self.cluster.keys)

    @property
    def can_be_apart(self) -> bool:
        """Whether one decision can mark all members as not duplicates."""
        size = len(self.cluster.keys)
        return not self.is_partly_considered and size * (size - 1) // 2 <= MOST_PAIRS

    @property
    def bytes_to_free(self) -> int:
        """The bytes of all files but the largest."""
        return sum(self.sizes) - max(self.sizes, default=0)


def cluster_cards(
    clusters: Iterable[ImageCluster],
    by: str,
    most: int | None = None,
    preference: Preference | None = None,
) -> list[ClusterCard]:
    """
    Return the cards of clusters, in seven queries.

    A card shows the `most` members that are nearest to the representative, by default all. The
    suggested one is always among them; in a cluster of more than MOST_CONSIDERED members, only that
    many of the nearest are considered. `by` is the hash field of clusters of similar pictures.
    """
    clusters = list(clusters)
    images = _images(clusters, None if most is None else MOST_CONSIDERED)
    groups = [[images[key] for key in cluster.keys if key in images] for cluster in clusters]
    suggested = CardSuggestions.of(clusters, groups, preference or Preference())
    shown = [
        _shown(group, suggestion, most)
        for group, suggestion in zip(groups, suggested.suggestions, strict=True)
    ]
    is_near = any(cluster.kind == ClusterKind.NEAR for cluster in clusters)
    width = METHODS[by].width if is_near else LARGE_BITS
    pictures = [image for group in shown for image in group]
    looks = Looks.among(clusters, pictures)
    sizes = _sizes(clusters)
    return [
        ClusterCard(
            cluster=cluster,
            images=group,
            members=_members(cluster, some, width, looks),
            sizes=list(cluster.sizes or (sizes.get(key) or 0 for key in cluster.keys)),
            suggestion=suggestion,
            alignments=looks.alignments,
            missing=suggested.missing,
            unread=suggested.unread,
        )
        for cluster, group, some, suggestion in zip(
            clusters, groups, shown, suggested.suggestions, strict=True
        )
    ]


def _images(clusters: Sequence[ImageCluster], most: int | None) -> dict[int, Image]:
    keys = [key for cluster in clusters for key in cluster.keys[:most]]
    rows = Image.objects.select_related("owner").prefetch_related("tags", "albums").order_by()
    # Not `in_bulk()`, which on SQLite takes three queries for each 999 pictures.
    return {image.pk: image for batch in in_batches(keys) for image in rows.filter(pk__in=batch)}


def _sizes(clusters: Sequence[ImageCluster]) -> dict[int, int | None]:
    """Return the bytes of the members of clusters that were read without sizes."""
    keys = [key for cluster in clusters if cluster.sizes is None for key in cluster.keys]
    rows = Image.objects.filter(pk__in=keys).values_list("pk", "byte_size")
    return dict(rows) if keys else {}


def _shown(group: list[Image], suggestion: Suggestion | None, most: int | None) -> list[Image]:
    """Return the first `most` of `group`; a suggested one further down moves to second place."""
    nearest = group[:most]
    further = [
        image for image in group[len(nearest) :] if suggestion and image.pk == suggestion.key
    ]
    return [*nearest[:1], *further, *nearest[1 : len(nearest) - len(further)]]


def _members(
    cluster: ImageCluster, shown: Sequence[Image], width: int, looks: Looks
) -> list[CardMember]:
    centre = next((image for image in shown if image.pk == cluster.representative), None)
    distances = dict(cluster.members)
    return [
        CardMember(
            image=image,
            similarity=Similarity(distances[image.pk], width),
            is_representative=image.pk == cluster.representative,
            difference=_difference(image, centre, looks),
            marks=looks.marks(centre, image) if centre else (),
            outline=looks.outline(centre, image) if centre else "",
        )
        for image in shown
    ]


def _difference(image: Image, centre: Image | None, looks: Looks) -> str:
    """Return what of `image` is equal to the representative, or how the same picture differs."""
    if centre is None or image.pk == centre.pk:
        return ""
    if image.sha256 == centre.sha256:
        return str(ClusterKind.SAME_BYTES.label)
    if image.content_digest and image.content_digest == centre.content_digest:
        return str(ClusterKind.SAME_PIXELS.label)
    if shared := looks.parts.get((centre.pk, image.pk)):
        return capfirst(shared.sentence)
    pair = centre.content_digest, image.content_digest
    alignment = looks.alignments.get(pair)
    return capfirst(sentence(centre, image, alignment, looks.between(*pair))) if alignment else ""
