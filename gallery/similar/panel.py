"""What lies around a picture: the "Visually similar" panel without its markup."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from gallery.comparing import IDENTICAL_FILE, REACH, SAME_PIXELS, Likeness, Method, offered, remark
from gallery.models import Image
from gallery.people import Visitor
from gallery.querysets import ImageQuerySet
from hashing.conf import setting

MOST_CARDS = 200
BAR_STEPS = 20  # heights that the style sheet knows


@dataclass(frozen=True)
class Neighbour:
    """A picture near another one, and what to say of it."""

    image: Image
    likeness: Likeness
    remark: str
    is_within: bool

    @property
    def is_exact(self) -> bool:
        return self.remark in (IDENTICAL_FILE, SAME_PIXELS)


@dataclass(frozen=True)
class Bar:
    """How many pictures lie at one distance; `height` from 0 to BAR_STEPS."""

    distance: int
    count: int
    height: int
    is_within: bool


@dataclass(frozen=True)
class Neighbourhood:
    """
    The pictures around `image` that `viewer` may see.

    Whatever others keep private is in no list, no count and no distance.
    """

    image: Image
    viewer: Visitor
    method: Method
    max_distance: int
    shows_reach: bool = False

    @property
    def methods(self) -> list[Method]:
        """The methods to choose from, the present one among them."""
        names = {method.name for method in offered()}
        return offered() if self.method.name in names else [*offered(), self.method]

    @property
    def words(self) -> str:
        """How the slider says each distance, as JSON for its script."""
        return json.dumps([self.method.likeness(bits).word for bits in range(REACH + 1)])

    @property
    def likeness(self) -> Likeness:
        """What `max_distance` means in words."""
        return self.method.likeness(self.max_distance)

    @cached_property
    def is_hashed(self) -> bool:
        return bool(self.method.hashes(self.image))

    @cached_property
    def distances(self) -> dict[int, int]:
        """Distance by primary key, nearest first, up to REACH."""
        if not self.image.is_informative:
            equal = self._visible.filter(content_digest=self.image.content_digest)
            pks = equal.exclude(pk=self.image.pk).exclude(content_digest="")
            return dict.fromkeys(pks.values_list("pk", flat=True), 0)
        if not self.is_hashed:
            return {}
        return self._visible.filter(is_informative=True).distances_to(
            self.image, by=self.method.name, max_distance=min(REACH, self.method.width)
        )

    @cached_property
    def count(self) -> int:
        """How many pictures lie within `max_distance`."""
        return sum(distance <= self.max_distance for distance in self.distances.values())

    @property
    def nearest(self) -> int | None:
        """The distance of the nearest picture, if there is any up to REACH."""
        return next(iter(self.distances.values()), None)

    @property
    def is_capped(self) -> bool:
        """Whether there were more pictures than one search answers with, so that counts stop."""
        return len(self.distances) >= setting("MAX_RESULTS")

    @property
    def is_cut(self) -> bool:
        """Whether more pictures lie within `max_distance` than cards are shown."""
        return self.count > MOST_CARDS

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """The cards: those within `max_distance`, or up to REACH if the page filters itself."""
        reach = REACH if self.shows_reach else self.max_distance
        pks = [pk for pk, distance in self.distances.items() if distance <= reach][:MOST_CARDS]
        images = Image.objects.in_bulk(pks)
        found = [self._neighbour(images[pk]) for pk in pks if pk in images]
        # Among those that are equally near, exact copies first.
        return sorted(found, key=lambda near: (near.likeness.distance, not near.is_exact))

    @cached_property
    def bars(self) -> list[Bar]:
        counts = Counter(self.distances.values())
        highest = max(counts.values(), default=1)
        return [
            Bar(
                distance=distance,
                count=counts[distance],
                # The smallest count still shows; the square root keeps it visible beside a crowd.
                height=-int(-BAR_STEPS * (counts[distance] / highest) ** 0.5 // 1),
                is_within=distance <= self.max_distance,
            )
            for distance in range(REACH + 1)
        ]

    @property
    def _visible(self) -> ImageQuerySet:
        return Image.objects.visible_to(self.viewer)

    def _neighbour(self, other: Image) -> Neighbour:
        distance = self.distances[other.pk]
        return Neighbour(
            image=other,
            likeness=self.method.likeness(distance),
            remark=remark(self.image, other),
            is_within=distance <= self.max_distance,
        )
