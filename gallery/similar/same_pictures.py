"""The same picture in other files: what is stored of it, for those who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gallery import matching
from gallery.comparing import recolouring, sentence
from gallery.matching import EQUAL, alignments_by_content, kind_of
from gallery.models import Image, SameKind
from gallery.people import Visitor
from gallery.querysets import ImageQuerySet
from hashing.exceptions import NoHash
from hashing.fingerprints import Alignment
from hashing.matching import Subject, find_matches
from hashing.model_matching import indexes_of, stored_of, subject_of

# Pictures that are shown beside one; a thousand copies of it are another page's matter.
MOST_SHOWN = 24


@dataclass(frozen=True)
class SamePicture:
    """Another file of the picture in `subject`; `alignment` is None where no match is stored."""

    subject: Image
    image: Image
    alignment: Alignment | None

    @property
    def kind(self) -> SameKind:
        return kind_of([self.subject, self.image])

    @property
    def description(self) -> dict[str, Any]:
        """What programs are told."""
        told = {"kind": str(self.kind.value), "sentence": self.sentence}
        return told | (self.alignment._asdict() if self.alignment else {})

    @property
    def badge(self) -> str:
        return "Identical file" if self.kind == SameKind.BYTES else str(self.kind.label)

    @cached_property
    def sentence(self) -> str:
        """How the other file differs, in words."""
        recoloured = recolouring(self.subject, self.image, self.alignment)
        return sentence(self.subject, self.image, self.alignment, recoloured)


def same_pictures(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """Return what is the same picture as `image` and `viewer` may see, nearest first."""
    if not (seen := alignments_by_content(image)):
        return []
    others = Image.objects.visible_to(viewer).filter(content_digest__in=seen).exclude(pk=image.pk)
    found = [SamePicture(image, other, seen[other.content_digest]) for other in others[: 4 * most]]
    return sorted(found, key=_nearness)[:most]


def same_at_once(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """Return the same for a picture that was just stored, whoever else is comparing right now."""
    if not matching.catch_up([image.pk], share=0) or not matching.is_waiting(image.pk):
        return same_pictures(image, viewer, most)
    try:
        visible = Image.objects.visible_to(viewer)
        found = found_in(subject_of(image), visible) if image.is_informative else []
    except NoHash:
        return []
    same = [SamePicture(image, other, seen) for other, seen in found if other.pk != image.pk]
    return same[:most]


def same_as(image: Image, pictures: ImageQuerySet) -> list[SamePicture]:
    """Return those of `pictures` that are the same as `image`, which is not stored."""
    equal = pictures.filter(content_digest=image.content_digest)
    found = {other.pk: SamePicture(image, other, EQUAL) for other in equal[:MOST_SHOWN]}
    if image.is_informative:
        for other, seen in found_in(subject_of(image), pictures):
            found.setdefault(other.pk, SamePicture(image, other, seen))
    return sorted(found.values(), key=_nearness)[:MOST_SHOWN]


def found_in(subject: Subject, pictures: ImageQuerySet) -> list[tuple[Image, Alignment]]:
    """Return those of `pictures` that are the same as `subject`, and how it sees them."""
    indexes = indexes_of(Image, pictures.db)
    found = find_matches(
        subject, indexes, lambda keys: stored_of(pictures.filter(pk__in=keys.tolist()))
    )[:MOST_SHOWN]
    images = Image.objects.in_bulk([match.key for match in found])
    return [(images[match.key], match.alignment) for match in found if match.key in images]


def _nearness(same: SamePicture) -> tuple[bool, int, int]:
    distance = same.alignment.distance if same.alignment else 0
    return same.kind != SameKind.BYTES, distance, same.image.pk
