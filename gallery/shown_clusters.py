"""The stored clusters as one person may see them, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)

from gallery.access import Visitor
from gallery.cluster_filters import Narrowing
from gallery.clusters import ClusterKind, ImageCluster
from gallery.models import Cluster, Image, Membership
from gallery.paging import Order, cursor_of, page
from gallery.stored_clusters import kind_of
from hashing.clustering import Cluster as Star

BIG = BigIntegerField()

ORDERS = {
    "bytes": Order(("-shown_bytes", "id")),
    "size": Order(("-shown_size", "id")),
    "tightest": Order(("shown_widest", "id")),
    "newest": Order(("-newest", "id")),
}


@dataclass(frozen=True)
class _Member:
    """A picture in a cluster, as far as the cluster goes."""

    key: int
    distance: int
    sha256: str
    content_digest: str
    byte_size: int | None

    COLUMNS: ClassVar = (
        *("image_id", "distance"),
        *("image__sha256", "image__content_digest", "image__byte_size"),
    )


class ShownClusters:
    """
    Clusters of which `viewer` may see two members at least, without those they may not see.

    Without a viewer, as superusers see them. With `holding`, only the one that holds the picture
    of this key.

    Something to slice, whose length costs one query; `pictures` is how many they hold.
    """

    def __init__(
        self,
        viewer: Visitor | None,
        kind: str = "",
        min_size: int = 2,
        order: str = "bytes",
        holding: str = "",
        narrowing: Narrowing | None = None,
    ) -> None:
        self._viewer = viewer
        self._sees_all = viewer is None or bool(getattr(viewer, "is_superuser", False))
        self._order = ORDERS[order]
        rows = self._sized().filter(shown_size__gte=max(min_size, 2)).order_by(*self._order.keys)
        rows = rows.filter(kind=kind) if kind else rows
        rows = self._narrowed(rows, narrowing) if narrowing else rows
        self._rows = rows.filter(memberships__image=holding) if holding else rows

    def _narrowed(self, rows: QuerySet[Cluster], narrowing: Narrowing) -> QuerySet[Cluster]:
        for asked in narrowing.pictures:
            named = {f"image__{lookup}": value for lookup, value in asked.items()}
            held = Membership.objects.filter(self._visible("image__"), **named)
            rows = rows.filter(Exists(held.filter(cluster=OuterRef("pk"))))
        return rows.filter(**narrowing.widest)

    @cached_property
    def _totals(self) -> dict[str, Any]:
        # One row a cluster, so that the sizes need no second look.
        sizes = self._rows.order_by().values("pk", "shown_size")
        return sizes.aggregate(count=Count("pk"), pictures=Sum("shown_size"))

    @property
    def pictures(self) -> int:
        return self._totals["pictures"] or 0

    def __len__(self) -> int:
        return self._totals["count"]

    def __getitem__(self, part: slice) -> list[ImageCluster]:
        return self._shown(list(self._rows[part]))

    def after(self, cursor: str, count: int) -> list[ImageCluster]:
        """
        Return the `count` clusters that follow the one with this `cursor`; with "" the first.

        None is left out and none comes twice, whatever was decided of those before. A cursor that
        this list did not give raises BadRequest.
        """
        return self._shown(page(self._rows, self._order, count, cursor).items)

    def _shown(self, rows: list[Cluster]) -> list[ImageCluster]:
        seen = Membership.objects.filter(self._visible("image__"), cluster__in=[r.pk for r in rows])
        members: dict[int, list[_Member]] = defaultdict(list)
        for cluster, *member in seen.values_list("cluster_id", *_Member.COLUMNS):
            members[cluster].append(_Member(*member))
        return [
            _shown(row, members[row.pk], cursor_of(row, self._order))
            for row in rows
            if len(members[row.pk]) > 1  # behind the log one may have gone to the trash since
        ]

    def _visible(self, prefix: str) -> Q:
        seen = Q(**{f"{prefix}trashed_at__isnull": True})
        if self._sees_all:
            return seen
        public = Q(**{f"{prefix}visibility": Image.Visibility.PUBLIC})
        return seen & (public | Q(**{f"{prefix}owner": self._viewer}))

    def _sized(self) -> QuerySet[Cluster]:
        """Return clusters with the size, and the bytes to free, that the viewer sees."""
        if self._sees_all:
            return Cluster.objects.annotate(
                shown_size=F("size"), shown_bytes=F("bytes_to_free"), shown_widest=F("widest")
            )
        secret = Membership.objects.filter(image__visibility=Image.Visibility.PRIVATE)
        # Only clusters that hold something hidden are looked into.
        mixed = Q(pk__in=secret.exclude(image__owner=self._viewer).values("cluster_id"))
        seen = Membership.objects.filter(self._visible("image__"), cluster=OuterRef("pk"))
        groups = seen.order_by().values("cluster")
        size = groups.annotate(value=Count("pk", output_field=BIG)).values("value")
        bytes_ = groups.annotate(
            value=Sum("image__byte_size", output_field=BIG)
            - Max("image__byte_size", output_field=BIG)
        )
        widest = groups.annotate(value=Max("distance", output_field=BIG)).values("value")
        return Cluster.objects.annotate(
            shown_widest=Case(
                When(mixed, then=Subquery(widest)), default=F("widest"), output_field=BIG
            ),
            shown_size=Case(When(mixed, then=Subquery(size)), default=F("size"), output_field=BIG),
            shown_bytes=Case(
                When(mixed, then=Subquery(bytes_.values("value"))),
                default=F("bytes_to_free"),
                output_field=BIG,
            ),
        )


def _shown(row: Cluster, members: list[_Member], cursor: str) -> ImageCluster:
    # If the representative is hidden, the nearest to it takes its place.
    ordered = sorted(
        members, key=lambda one: (one.key != row.representative_id, one.distance, one.key)
    )
    keys = tuple((member.key, member.distance) for member in ordered)
    widest = max(member.distance for member in members)
    kind = ClusterKind(kind_of(members).value)
    sizes = tuple(member.byte_size or 0 for member in ordered)
    return ImageCluster(kind, Star(keys[0][0], keys, widest), sizes, cursor)
