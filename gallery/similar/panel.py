"""The "Visually similar" panel of a picture, without its markup."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt

from gallery.comparing import (
    IDENTICAL_FILE,
    MAX_PANEL_DISTANCE,
    SAME_PIXELS,
    Method,
    Similarity,
    offered,
    remark,
)
from gallery.models import Image
from gallery.people import Visitor
from gallery.querysets import ImageQuerySet
from hashing.conf import setting

MOST_CARDS = 200
BAR_STEPS = 20  # heights for which the style sheet has classes


@dataclass(frozen=True)
class SimilarCard:
    """A similar picture, with its similarity and its most important difference."""

    image: Image
    similarity: Similarity
    remark: str
    is_within: bool

    @property
    def is_exact(self) -> bool:
        """Whether it is the same file, or has the same pixels."""
        return self.remark in (IDENTICAL_FILE, SAME_PIXELS)


@dataclass(frozen=True)
class Bar:
    """The number of pictures at one distance; `height` is from 0 to BAR_STEPS."""

    distance: int
    count: int
    height: int
    is_within: bool


@dataclass(frozen=True)
class SimilarPanel:
    """
    The pictures similar to `image` that `viewer` can see.

    Private pictures of other people are in no list, no count and no distance. With `shows_all`
    the panel has the cards of all distances, for a script that filters them itself.
    """

    image: Image
    viewer: Visitor
    method: Method
    max_distance: int
    shows_all: bool = False

    @property
    def methods(self) -> list[Method]:
        """The methods to choose from, including the present one."""
        names = {method.name for method in offered()}
        return offered() if self.method.name in names else [*offered(), self.method]

    @property
    def words(self) -> str:
        """The word for each distance of the slider, as JSON for its script."""
        return json.dumps(
            [self.method.similarity(bits).word for bits in range(MAX_PANEL_DISTANCE + 1)]
        )

    @property
    def similarity(self) -> Similarity:
        """The least similarity that is shown."""
        return self.method.similarity(self.max_distance)

    @cached_property
    def is_hashed(self) -> bool:
        return bool(self.method.hashes(self.image))

    @cached_property
    def distances(self) -> dict[int, int]:
        """Distances up to MAX_PANEL_DISTANCE by primary key, nearest first."""
        if not self.image.is_informative:
            equal = self._visible.filter(content_digest=self.image.content_digest)
            copies = equal.exclude(pk=self.image.pk).exclude(content_digest="")
            return dict.fromkeys(copies.values_list("pk", flat=True), 0)
        if not self.is_hashed:
            return {}
        return self._visible.filter(is_informative=True).distances_to(
            self.image,
            by=self.method.name,
            max_distance=min(MAX_PANEL_DISTANCE, self.method.width),
        )

    @cached_property
    def count(self) -> int:
        """How many pictures are within `max_distance`."""
        return sum(distance <= self.max_distance for distance in self.distances.values())

    @property
    def nearest(self) -> int | None:
        """The distance of the nearest picture; None if all are beyond MAX_PANEL_DISTANCE."""
        return next(iter(self.distances.values()), None)

    @property
    def is_capped(self) -> bool:
        """Whether the search stopped at its limit, so that there can be more than are counted."""
        return len(self.distances) >= int(setting("MAX_RESULTS"))

    @property
    def is_cut(self) -> bool:
        """Whether more pictures are within `max_distance` than cards are shown."""
        return self.count > MOST_CARDS

    @cached_property
    def cards(self) -> list[SimilarCard]:
        """The cards within `max_distance`, or with `shows_all` within MAX_PANEL_DISTANCE."""
        limit = MAX_PANEL_DISTANCE if self.shows_all else self.max_distance
        keys = [key for key, distance in self.distances.items() if distance <= limit][:MOST_CARDS]
        images = Image.objects.in_bulk(keys)
        cards = [self._card(images[key]) for key in keys if key in images]
        # Among equally near pictures exact copies come first.
        return sorted(cards, key=lambda card: (card.similarity.distance, not card.is_exact))

    @cached_property
    def bars(self) -> list[Bar]:
        """The histogram of distances, one bar for each."""
        counts = Counter(self.distances.values())
        highest = max(counts.values(), default=1)
        return [
            Bar(
                distance=distance,
                count=counts[distance],
                height=_height(counts[distance] / highest),
                is_within=distance <= self.max_distance,
            )
            for distance in range(MAX_PANEL_DISTANCE + 1)
        ]

    @property
    def _visible(self) -> ImageQuerySet:
        return Image.objects.visible_to(self.viewer)

    def _card(self, other: Image) -> SimilarCard:
        distance = self.distances[other.pk]
        return SimilarCard(
            image=other,
            similarity=self.method.similarity(distance),
            remark=remark(self.image, other),
            is_within=distance <= self.max_distance,
        )


def _height(share: float) -> int:
    """Return the height of a bar for a share of the highest, rounded up so that none disappears."""
    # The square root keeps small counts visible beside large ones.
    return ceil(BAR_STEPS * sqrt(share))
