"""Which clusters an address asks for, as one person may see them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.http import urlencode

from gallery import matching
from gallery.clusters.filters import ClusterFilterForm, Narrowing
from gallery.clusters.visible_clusters import ShownClusters
from gallery.matching import ClusterKind, ImageCluster, image_clusters
from gallery.models import Image, PendingMatch
from gallery.people import Visitor
from gallery.web import NO_SUCH_PAGE, KeysetPage, parse_key


class NearClusters(list[ImageCluster]):
    """Clusters that were computed, because they are of pictures that merely look alike."""

    has_more = False

    @property
    def pictures(self) -> int:
        return sum(len(cluster.keys) for cluster in self)

    def page(self, count: int, after: str = "", before: str = "") -> KeysetPage[ImageCluster]:
        """Return the `count` clusters after, or before, the one with this cursor, or the first."""
        if after or not before:
            start = bisect_right(self, _read(after), key=_place) if after else 0
            end = start + count
        else:
            end = bisect_left(self, _read(before), key=_place)
            start = max(0, end - count)
        items = list(self[start:end])
        return KeysetPage(
            items,
            before=items[0].cursor if items and start else "",
            after=items[-1].cursor if items and end < len(self) else "",
        )


class ClusterList:
    """
    The clusters that `query` asks for; with `kind`, those of that kind instead.

    `alone` is the key of a picture, if the one cluster is asked for that holds it.
    """

    def __init__(self, query: QueryDict, viewer: Visitor, kind: str = "") -> None:
        self._viewer = viewer
        self._form = ClusterFilterForm(query, viewer=viewer)
        self.values = self._form.values() | ({"kind": kind} if kind else {})
        self.alone = query.get("cluster", "")
        self._after, self._before = (query.get(name, "") for name in ("after", "before"))
        self._is_behind = False

    @cached_property
    def clusters(self) -> ShownClusters | NearClusters:
        """Stored clusters; only of pictures that merely look alike are they computed."""
        if self.is_near:
            return self._near()
        self._is_behind = matching.catch_up() > 0
        kind, size, order = (self.values[name] for name in ("kind", "min_size", "sort"))
        narrowing = Narrowing.of(self.values)
        return ShownClusters(self._viewer, kind or "", size, order, self._holding, narrowing)

    def page(self, count: int) -> KeysetPage[ImageCluster]:
        """Return `count` clusters, those beside the cursor that the address names."""
        return self.clusters.page(count, self._after, self._before)

    @property
    def is_near(self) -> bool:
        return self.values["kind"] == ClusterKind.NEAR

    @property
    def form(self) -> ClusterFilterForm:
        """The filters with their defaults, and what is wrong with them."""
        _ = self.clusters  # which may find fault with a distance
        return self._form.completed()

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        return urlencode({n: value for n, value in self.values.items() if value not in (None, "")})

    @property
    def unmatched(self) -> int:
        """How many pictures that the viewer may see are not compared yet."""
        _ = self.clusters
        if not self._is_behind:
            return 0
        listed = PendingMatch.objects.values("key")
        return Image.objects.visible_to(self._viewer).filter(pk__in=listed).count()

    @property
    def _holding(self) -> list[int] | None:
        """The keys of the pictures of which one has to be in a cluster, if one was asked for."""
        if not self.alone:
            return None
        key = parse_key(self.alone)
        return [] if key is None else [key]

    def _near(self) -> NearClusters:
        visible = Image.objects.visible_to(self._viewer)
        asked: dict[str, Any] = {
            name: self.values[name] for name in ("by", "max_distance", "min_size", "kind")
        }
        try:
            found = image_clusters(**asked, images=visible)
        except ValueError as error:
            self._form.add_error("max_distance", str(error))
            return NearClusters()
        held = Narrowing.of(self.values).held(found, visible)
        return NearClusters(
            replace(cluster, cursor="{}-{}".format(*map(abs, _place(cluster))))
            for cluster in held
            if self._holding is None or {*self._holding} & {*cluster.keys}
        )


def _place(found: ImageCluster) -> tuple[int, ...]:
    """Return what computed clusters are sorted by."""
    return -len(found.cluster), found.cluster.representative


def _read(cursor: str) -> tuple[int, ...]:
    """Return the place that a cursor names; raises BadRequest if it names none."""
    size, key = (parse_key(text) for text in cursor.partition("-")[::2])
    if size is None or key is None:
        raise BadRequest(NO_SUCH_PAGE)
    return -size, key
