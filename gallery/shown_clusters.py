"""The stored clusters as one person may see them, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
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
    Value,
    When,
)

from gallery.access import Visitor
from gallery.cluster_filters import Narrowing
from gallery.clusters import ClusterKind, ImageCluster
from gallery.models import Cluster, Image, Membership, SameKind
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

    Without a viewer, as superusers see them. With `holding`, only those that hold one of the
    pictures of these keys.

    Something to slice, whose length costs one query; `pictures` is how many they hold.
    """

    def __init__(
        self,
        viewer: Visitor | None,
        kind: str = "",
        min_size: int = 2,
        order: str = "bytes",
        holding: Collection[int] | None = None,
        narrowing: Narrowing | None = None,
    ) -> None:
        self._viewer = viewer
        self._sees_all = viewer is None or bool(getattr(viewer, "is_superuser", False))
        self._order = ORDERS[order]
        rows = self._sized().filter(shown_size__gte=max(min_size, 2)).order_by(*self._order.keys)
        rows = self._of_kind(rows, kind) if kind else rows
        rows = self._narrowed(rows, narrowing) if narrowing else rows
        self._rows = rows if holding is None else self._holding(rows, {"image__in": holding})

    def _of_kind(self, rows: QuerySet[Cluster], kind: str) -> QuerySet[Cluster]:
        """Narrow to what the members that the viewer sees have in common, and not others."""
        if self._sees_all:
            return rows.filter(kind=kind)
        kinds = self._seen_in_cluster.annotate(
            files=Count("image__sha256", distinct=True),
            contents=Count("image__content_digest", distinct=True),
            value=Case(
                When(files=1, then=Value(SameKind.BYTES)),
                When(contents=1, then=Value(SameKind.PIXELS)),
                default=Value(SameKind.PICTURE),
            ),
        )
        seen = Case(When(self._mixed, then=Subquery(kinds.values("value"))), default=F("kind"))
        return rows.annotate(shown_kind=seen).filter(shown_kind=kind)

    def _holding(self, rows: QuerySet[Cluster], asked: Mapping[str, Any]) -> QuerySet[Cluster]:
        """Narrow to clusters with such a member; one that the viewer may not see finds nothing."""
        held = Membership.objects.filter(self._visible("image__"), **asked)
        return rows.filter(Exists(held.filter(cluster=OuterRef("pk"))))

    def _narrowed(self, rows: QuerySet[Cluster], narrowing: Narrowing) -> QuerySet[Cluster]:
        for asked in narrowing.pictures:
            named = {f"image__{lookup}": value for lookup, value in asked.items()}
            rows = self._holding(rows, named)
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

    @property
    def _mixed(self) -> Q:
        """Clusters that hold something hidden; only these are looked into."""
        secret = Membership.objects.filter(image__visibility=Image.Visibility.PRIVATE)
        return Q(pk__in=secret.exclude(image__owner=self._viewer).values("cluster_id"))

    @property
    def _seen_in_cluster(self) -> QuerySet[Membership, dict[str, Any]]:
        """What the viewer sees of a cluster, as one group for an outer query."""
        seen = Membership.objects.filter(self._visible("image__"), cluster=OuterRef("pk"))
        return seen.order_by().values("cluster")

    def _sized(self) -> QuerySet[Cluster]:
        """Return clusters with the size, and the bytes to free, that the viewer sees."""
        if self._sees_all:
            return Cluster.objects.annotate(
                shown_size=F("size"), shown_bytes=F("bytes_to_free"), shown_widest=F("widest")
            )
        mixed, groups = self._mixed, self._seen_in_cluster
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
