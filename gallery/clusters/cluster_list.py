"""The clusters that an address asks for, as one viewer can see them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from django.http import QueryDict

from gallery import matching
from gallery.clusters.filters import ClusterFilterForm, ClusterFilters
from gallery.clusters.near_clusters import NearClusters
from gallery.clusters.visible_clusters import VisibleClusters
from gallery.matching import ClusterKind, ImageCluster, image_clusters
from gallery.models import Image
from gallery.people import Visitor
from gallery.web import KeysetPage, parse_key


class ClusterList:
    """
    The clusters that `query` asks for; with `kind`, those of that kind instead.

    `alone` is the key of a picture if the address asks for the one cluster that holds it.
    """

    def __init__(self, query: QueryDict, viewer: Visitor, kind: str = "") -> None:
        self._viewer = viewer
        self._form = ClusterFilterForm(query, viewer)
        filters = self._form.filters()
        self.filters: ClusterFilters = replace(filters, kind=kind) if kind else filters
        self.alone = query.get("cluster", "")
        self._after, self._before = (query.get(name, "") for name in ("after", "before"))

    @cached_property
    def clusters(self) -> VisibleClusters | NearClusters:
        """Stored clusters, or computed ones of pictures that are only similar."""
        if self.is_near:
            return NearClusters(self._near())
        return VisibleClusters(self._viewer, self.filters, self._holding)

    def page(self, count: int) -> KeysetPage[ImageCluster]:
        """Return `count` clusters, those beside the cursor in the address."""
        return self.clusters.page(count, self._after, self._before)

    @property
    def is_near(self) -> bool:
        return self.filters.kind == ClusterKind.NEAR

    @property
    def form(self) -> ClusterFilterForm:
        """The form with the filters and their errors."""
        _ = self.clusters  # can add an error to the distance
        return self._form

    @property
    def unmatched(self) -> int:
        """How many pictures that the viewer can see are still to be compared."""
        if self.is_near or not matching.is_unsettled():
            return 0
        unsettled = matching.unsettled_keys()
        return Image.objects.visible_to(self._viewer).filter(pk__in=unsettled).count()

    @property
    def _holding(self) -> list[int] | None:
        """The keys of pictures of which the cluster must hold one; None if any cluster will do."""
        if not self.alone:
            return None
        key = parse_key(self.alone)
        return [] if key is None else [key]

    def _near(self) -> list[ImageCluster]:
        visible = Image.objects.visible_to(self._viewer)
        filters = self.filters
        try:
            clusters = image_clusters(
                filters.by, filters.max_distance, filters.min_size, filters.kind, images=visible
            )
        except ValueError as error:
            self._form.add_error("max_distance", str(error))
            return []
        wanted = self._holding
        return [
            cluster
            for cluster in filters.holding(clusters, visible)
            if wanted is None or not {*wanted}.isdisjoint(cluster.keys)
        ]
