"""The same picture in other files, for a viewer who can see them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gallery import matching
from gallery.comparing import colour_change, sentence
from gallery.matching import EQUAL_CONTENT, alignments_by_content, same_kind
from gallery.models import Image, SameKind
from gallery.people import Visitor
from gallery.querysets import ImageQuerySet
from hashing.exceptions import NoHash
from hashing.fingerprints import Alignment
from hashing.matching import find_matches
from hashing.model_matching import indexes_of, stored_of, subject_of

# Pictures that are shown beside another one; a thousand copies have a page of their own.
MOST_SHOWN = 24


@dataclass(frozen=True)
class SamePicture:
    """
    `image` is another file of the picture `original`.

    `alignment` is that of `original` to `image`; None where no match is stored.
    """

    original: Image
    image: Image
    alignment: Alignment | None

    @property
    def kind(self) -> SameKind:
        return same_kind([self.original, self.image])

    @property
    def facts(self) -> dict[str, Any]:
        """The kind, the sentence and the alignment, for programs."""
        facts = {"kind": str(self.kind.value), "sentence": self.sentence}
        return facts | (self.alignment._asdict() if self.alignment else {})

    @property
    def badge(self) -> str:
        return "Identical file" if self.kind == SameKind.BYTES else str(self.kind.label)

    @cached_property
    def sentence(self) -> str:
        """The differences of the other file, in words."""
        colours = colour_change(self.original, self.image, self.alignment)
        return sentence(self.original, self.image, self.alignment, colours)


def same_pictures(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """Return the stored matches of `image` that `viewer` can see, nearest first."""
    if not (by_content := alignments_by_content(image)):
        return []
    visible = Image.objects.visible_to(viewer).exclude(pk=image.pk)
    others = visible.filter(content_digest__in=by_content)[: 4 * most]
    same = [SamePicture(image, other, by_content[other.content_digest]) for other in others]
    return sorted(same, key=_nearness)[:most]


def same_at_once(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """
    Return the same for a picture that was just stored.

    If another process is comparing pictures at this moment, the matches of `image` are not stored
    yet: then they are searched for.
    """
    if not matching.catch_up([image.pk], share=0) or not matching.is_waiting(image.pk):
        return same_pictures(image, viewer, most)
    if not image.is_informative:
        return []
    visible = Image.objects.visible_to(viewer).exclude(pk=image.pk)
    try:
        return _searched(image, visible)[:most]
    except NoHash:
        return []


def same_as(image: Image, pictures: ImageQuerySet) -> list[SamePicture]:
    """Return the `pictures` that are copies of `image`, which is not stored."""
    equal = pictures.filter(content_digest=image.content_digest)
    same = {other.pk: SamePicture(image, other, EQUAL_CONTENT) for other in equal[:MOST_SHOWN]}
    if image.is_informative:
        same = {found.image.pk: found for found in _searched(image, pictures)} | same
    return sorted(same.values(), key=_nearness)[:MOST_SHOWN]


def _searched(image: Image, pictures: ImageQuerySet) -> list[SamePicture]:
    """Return the `pictures` that match the hashes of `image`. Raises NoHash if it has none."""
    matches = find_matches(
        subject_of(image),
        indexes_of(Image, pictures.db),
        lambda keys: stored_of(pictures.filter(pk__in=keys.tolist())),
    )[:MOST_SHOWN]
    images = Image.objects.in_bulk([match.key for match in matches])
    return [
        SamePicture(image, images[match.key], match.alignment)
        for match in matches
        if match.key in images
    ]


def _nearness(same: SamePicture) -> tuple[bool, int, int]:
    distance = same.alignment.distance if same.alignment else 0
    return same.kind != SameKind.BYTES, distance, same.image.pk
