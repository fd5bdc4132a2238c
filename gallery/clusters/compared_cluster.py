"""The cluster of two pictures that are compared, for whoever may decide about them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.db.models import prefetch_related_objects

from gallery import decisions, matching
from gallery.clusters.visible_clusters import ShownClusters
from gallery.models import Image
from gallery.people import Member
from gallery.review import flows
from gallery.suggestions import Preference, Suggestion, makings_of, suggestion

# Pictures in the strip below those that are compared.
MOST_SHOWN = 24


@dataclass(frozen=True)
class ComparedCluster:
    """A cluster that holds both pictures, without what its viewer may not see."""

    first: Image
    second: Image
    keys: list[int]
    """Of all its pictures, the representative first."""
    strip: list[Image]
    """Those beside the second, itself among them, which could take its place."""
    suggestion: Suggestion | None
    """Which of the two to keep, and why."""
    as_of: int
    """The number of the newest decision when the cluster was read."""

    @classmethod
    def of(cls, first: Image, second: Image, viewer: Member, preference: Preference) -> Self | None:
        """Return the cluster of `first`, if `second` is in it too."""
        as_of = decisions.position()
        matching.catch_up([first.pk, second.pk])
        found = next(iter(ShownClusters(viewer, holding=[first.pk])[:1]), None)
        if found is None or second.pk == first.pk or second.pk not in found.keys:
            return None
        others = [key for key in found.keys if key != first.pk]
        strip = _around(others, others.index(second.pk))
        images = Image.objects.in_bulk(strip)
        prefetch_related_objects([first, second], "tags", "albums")
        advice = suggestion([first, second], preference, makings_of([first, second]))
        shown = [images[key] for key in strip if key in images]
        return cls(first, second, found.keys, shown, advice, as_of)

    @property
    def representative(self) -> int:
        return self.keys[0]

    @cached_property
    def gains(self) -> Mapping[str, str]:
        """What A or B, by these names, gets from the other if that one is trashed."""
        pairs = {"A": (self.first, self.second), "B": (self.second, self.first)}
        found = {name: flows([kept], [trashed]) for name, (kept, trashed) in pairs.items()}
        return {name: flow.sentence for name, given in found.items() for flow in given}

    @property
    def suggested(self) -> str:
        """Which of the two it is suggested to keep: "A", "B" or nothing."""
        names = {self.first.pk: "A", self.second.pk: "B"}
        return names[self.suggestion.key] if self.suggestion else ""

    @property
    def previous(self) -> Image | None:
        """What stands before the second picture in the strip."""
        place = self.strip.index(self.second)
        return self.strip[place - 1] if place else None

    @property
    def following(self) -> Image | None:
        """What stands after the second picture in the strip."""
        place = self.strip.index(self.second)
        return next(iter(self.strip[place + 1 :]), None)


def _around(keys: list[int], place: int) -> list[int]:
    """Return at most MOST_SHOWN of `keys`, the one at `place` in their middle if it can be."""
    start = max(0, min(place - MOST_SHOWN // 2, len(keys) - MOST_SHOWN))
    return keys[start : start + MOST_SHOWN]
