"""The same picture in other files: what is stored of it, for those who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from gallery.access import Visitor
from gallery.differences import sentence
from gallery.kept_matches import Sight
from gallery.models import Image, Match, SameKind
from gallery.stored_clusters import kind_of
from gallery.stored_matches import EQUAL
from hashing.exceptions import NoHash
from hashing.match_rows import indexes_of, stored_of
from hashing.matching import Match as Found
from hashing.matching import Subject, find_matches

# Pictures that are shown beside one; a thousand copies of it are another page's matter.
MOST_SHOWN = 24


@dataclass(frozen=True)
class SamePicture:
    """Another file of the picture in `subject`; `sight` is None where no match is stored."""

    subject: Image
    image: Image
    sight: Sight | None

    @property
    def kind(self) -> SameKind:
        return kind_of([self.subject, self.image])

    @cached_property
    def sentence(self) -> str:
        """How the other file differs, in words."""
        return sentence(self.subject, self.image, self.sight)


def same_pictures(image: Image, viewer: Visitor, most: int = MOST_SHOWN) -> list[SamePicture]:
    """Return what is the same picture as `image` and `viewer` may see, nearest first."""
    if not image.content_digest:
        return []
    seen = {image.content_digest: EQUAL, **_seen_by(image)}
    others = Image.objects.visible_to(viewer).filter(content_digest__in=seen).exclude(pk=image.pk)
    found = [SamePicture(image, other, seen[other.content_digest]) for other in others[: 4 * most]]
    return sorted(found, key=_nearness)[:most]


def sights(images: Iterable[Image]) -> dict[tuple[str, str], Sight]:
    """Return how contents of `images` see each other, by two content digests, either way round."""
    digests = {image.content_digest for image in images} - {""}
    rows = Match.objects.filter(
        kind=SameKind.PICTURE, first__content_digest__in=digests, second__content_digest__in=digests
    )
    found = {}
    fields = ("first__content_digest", "second__content_digest", *Sight._fields)
    for first, second, *seen in rows.values_list(*fields):
        found[first, second] = Sight(*seen)
        found[second, first] = Sight(*seen).swapped()
    return found


def sight(image: Image, other: Image) -> Sight | None:
    """Return how `image` sees `other`, if it is stored that they are the same picture."""
    if image.content_digest and image.content_digest == other.content_digest:
        return EQUAL
    return sights([image, other]).get((image.content_digest, other.content_digest))


def found_in(subject: Subject, viewer: Visitor) -> list[tuple[Image, Sight]]:
    """Return the pictures that `viewer` may see and that are the same as one not stored here."""
    visible = Image.objects.visible_to(viewer)
    indexes = indexes_of(Image, visible.db)
    try:
        matches = find_matches(
            subject, indexes, lambda keys: stored_of(visible.filter(pk__in=keys.tolist()))
        )
    except NoHash:
        return []
    images = Image.objects.in_bulk([match.key for match in matches[:MOST_SHOWN]])
    return [(images[match.key], _sight(match)) for match in matches if match.key in images]


def _sight(match: Found) -> Sight:
    return Sight(match.distance, match.turn, match.framing, match.other_framing)


def _seen_by(image: Image) -> dict[str, Sight]:
    """Return how `image` sees other contents that are the same picture, by their digests."""
    stars = Match.objects.exclude(kind=SameKind.PICTURE)
    centre = stars.filter(second=image).values_list("first_id", flat=True).first() or image.pk
    rows = Match.objects.filter(Q(first=centre) | Q(second=centre), kind=SameKind.PICTURE)
    fields = ("first_id", "first__content_digest", "second__content_digest", *Sight._fields)
    return {
        (theirs if first == centre else ours): (
            Sight(*seen) if first == centre else Sight(*seen).swapped()
        )
        for first, ours, theirs, *seen in rows.values_list(*fields)
    }


def _nearness(same: SamePicture) -> tuple[bool, int, int]:
    distance = same.sight.distance if same.sight else 0
    return same.kind != SameKind.BYTES, distance, same.image.pk
