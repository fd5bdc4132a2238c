"""The cluster of two pictures on the Compare page, for a reviewer who decides on it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.db.models import prefetch_related_objects

from gallery import decisions
from gallery.clusters.filters import RELATIONS, ClusterFilters
from gallery.clusters.visible_clusters import VisibleClusters
from gallery.matching import ClusterKind, ImageCluster
from gallery.models import Image
from gallery.people import Member
from gallery.review import flows
from gallery.suggestions import Preference, Suggestion, known_provenance, suggestion

# Pictures in the strip below the two that are compared.
MOST_SHOWN = 24


@dataclass(frozen=True)
class ComparedCluster:
    """A cluster that holds both pictures, without members that its viewer cannot see."""

    kind: ClusterKind
    first: Image
    second: Image
    keys: list[int]
    """Of all its pictures, the representative first."""
    strip: list[Image]
    """Pictures around the second one, itself included, that could take its place."""
    suggestion: Suggestion | None
    """Which of two copies to keep, and why; None for pictures that differ in a place."""
    as_of: int
    """The number of the newest decision when the cluster was read."""

    @classmethod
    def of(cls, first: Image, second: Image, viewer: Member, preference: Preference) -> Self | None:
        """Return the cluster of `first`, if it also holds `second`."""
        as_of = decisions.position()
        cluster = _cluster_of(first, second, viewer)
        if cluster is None:
            return None
        strip = _strip(cluster.keys, first.pk, second.pk)
        prefetch_related_objects([first, second], "tags", "albums")
        advice = None
        if cluster.kind not in RELATIONS:
            advice = suggestion([first, second], preference, known_provenance([first, second]))
        return cls(cluster.kind, first, second, cluster.keys, strip, advice, as_of)

    @property
    def representative(self) -> int:
        return self.keys[0]

    @cached_property
    def gains(self) -> Mapping[str, str]:
        """What A or B, by these names, would get from the other if that one were trashed."""
        pairs = {"A": (self.first, self.second), "B": (self.second, self.first)}
        merged = {name: flows([kept], [trashed]) for name, (kept, trashed) in pairs.items()}
        return {name: flow.sentence for name, given in merged.items() for flow in given}

    @property
    def suggested(self) -> str:
        """The picture that is suggested: "A", "B" or ""."""
        names = {self.first.pk: "A", self.second.pk: "B"}
        return names[self.suggestion.key] if self.suggestion else ""

    @property
    def previous(self) -> Image | None:
        """The picture before the second one in the strip."""
        place = self.strip.index(self.second)
        return self.strip[place - 1] if place else None

    @property
    def following(self) -> Image | None:
        """The picture after the second one in the strip."""
        place = self.strip.index(self.second)
        return next(iter(self.strip[place + 1 :]), None)


def _cluster_of(first: Image, second: Image, viewer: Member) -> ImageCluster | None:
    """Return the cluster that holds both pictures: that of copies before others."""
    for kind in ("", *RELATIONS):
        listed = VisibleClusters(viewer, ClusterFilters(kind=kind), holding=[first.pk])
        for cluster in listed.first(1):
            if first.pk != second.pk and second.pk in cluster.keys:
                return cluster
    return None


def _strip(keys: list[int], first: int, second: int) -> list[Image]:
    """Return the pictures around `second` in the order of `keys`, without `first`."""
    others = [key for key in keys if key != first]
    shown = _around(others, others.index(second))
    images = Image.objects.in_bulk(shown)
    return [images[key] for key in shown if key in images]


def _around(keys: list[int], place: int) -> list[int]:
    """Return at most MOST_SHOWN of `keys`, the one at `place` in the middle if possible."""
    start = max(0, min(place - MOST_SHOWN // 2, len(keys) - MOST_SHOWN))
    return keys[start : start + MOST_SHOWN]
