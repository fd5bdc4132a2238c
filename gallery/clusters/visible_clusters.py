"""The stored clusters as one person may see them, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from gallery.clusters.filters import Narrowing
from gallery.matching import ClusterKind, ImageCluster, kind_of
from gallery.models import AudienceSummary, Cluster, ClusterMember
from gallery.people import Visitor
from gallery.querysets import permitted
from gallery.web import KeysetPage, SortOrder, cursor_of, keyset_page, merged
from hashing.matching import Cluster as Star

# Clusters that are counted; of more it is said that they are more. Nobody decides them in a day.
MOST_COUNTED = 10_000
# The same where each cluster has to be looked into.
MOST_LOOKED_INTO = 1_000
# Pictures from which their clusters are found; for more, clusters are looked into. Three filters
# in two parts stay below the 32,766 values that SQLite takes in one query.
MOST_RARE = 5_000

COLUMNS = {
    "shown_kind": "kind",
    "shown_size": "size",
    "shown_widest": "widest",
    "shown_bytes": "bytes_to_free",
    "shown_newest": "newest",
}
ORDERS = {
    "bytes": SortOrder(("-shown_bytes", "key")),
    "size": SortOrder(("-shown_size", "key")),
    "tightest": SortOrder(("shown_widest", "key")),
    "newest": SortOrder(("-shown_newest", "key")),
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

    Something to slice, whose length costs one query, and is bounded; `has_more` tells if there are
    more than that, and `pictures` how many those hold that were counted.
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
        self._order = ORDERS[order]
        self._most = MOST_COUNTED
        self._asked: dict[str, Any] = narrowing.widest if narrowing else {}
        self._asked |= {"shown_kind": kind} if kind else {}
        # All have two.
        self._asked |= {"shown_size__gte": min_size} if min_size > 2 else {}
        self._conditions = [self._having(one) for one in (narrowing.pictures if narrowing else [])]
        if holding is not None:
            self._conditions.append(Q(key__in=self._clusters_with({"pk__in": holding})))

    def _parts(self, hidden: Collection[str] = ()) -> list[QuerySet]:
        """
        Return the rows that are listed, in parts that have none in common.

        Of the columns `hidden` from the database's planner it uses no index.
        """
        columns = {
            name: _unindexed(column) if name in hidden else F(column)
            for name, column in COLUMNS.items()
        }
        return [rows.filter(*self._conditions, **self._asked) for rows in self._views(columns)]

    def _views(self, columns: Mapping[str, Any]) -> list[QuerySet]:
        if self._viewer is None or self._viewer.is_superuser:
            whole = Cluster.objects.annotate(key=F("id"), centre=F("representative_id"), **columns)
            return [whole]
        rows = AudienceSummary.objects.annotate(
            key=F("cluster_id"), centre=F("cluster__representative_id"), **columns
        )
        own = {"audience": self._viewer.pk or AudienceSummary.EVERYBODY}
        is_own = Exists(AudienceSummary.objects.filter(cluster=OuterRef("cluster"), **own))
        return [rows.filter(~is_own, audience=AudienceSummary.EVERYBODY), rows.filter(**own)]

    @property
    def _sorted(self) -> list[QuerySet]:
        """
        Return the parts as they are read fastest: few are found and sorted, many read in order.

        Without statistics, as SQLite mostly is, a planner cannot know which it is.
        """
        if not (self._asked or self._conditions):
            return self._parts()
        first, asked = self._order.names[0], {name.partition("__")[0] for name in self._asked}
        if self.has_more:
            return self._parts(asked - {first})
        return self._parts({first} - asked)

    def _held(self, lookups: Mapping[str, Any]) -> QuerySet[ClusterMember]:
        """Return where such pictures are that the viewer sees; what is hidden is nowhere."""
        named = {f"image__{lookup}": value for lookup, value in lookups.items()}
        return ClusterMember.objects.filter(self._visible("image__"), **named).order_by()

    def _clusters_with(self, lookups: Mapping[str, Any]) -> QuerySet:
        return self._held(lookups).values_list("cluster", flat=True)

    def _having(self, lookups: Mapping[str, Any]) -> Q | Exists:
        """Return what is true of clusters with such a picture, in the form that is found sooner."""
        found = list(self._clusters_with(lookups)[: MOST_RARE + 1])
        if len(found) <= MOST_RARE:
            return Q(key__in=set(found))
        self._most = min(self._most, MOST_LOOKED_INTO)
        return Exists(self._held(lookups).filter(cluster=OuterRef("key")))

    @cached_property
    def _totals(self) -> tuple[int, int]:
        sizes = [part.values("shown_size") for part in self._parts()]
        counted = merged(sizes, (), self._most + 1)
        try:
            sql, values = counted.query.sql_with_params()
        except EmptyResultSet:  # of no picture at all
            return 0, 0
        with connections[counted.db].cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*), SUM(shown_size) FROM ({sql}) AS listed", values)
            count, pictures = cursor.fetchone()
        return count, pictures or 0

    @property
    def pictures(self) -> int:
        return int(self._totals[1])

    @property
    def has_more(self) -> bool:
        return self._totals[0] > self._most

    def __len__(self) -> int:
        return min(self._totals[0], self._most)

    def __getitem__(self, part: slice) -> list[ImageCluster]:
        return self._shown(list(merged(self._sorted, self._order.keys, part.stop))[part.start :])

    def page(self, count: int, after: str = "", before: str = "") -> KeysetPage[ImageCluster]:
        """
        Return the `count` clusters after, or before, the one with this cursor; else the first.

        None is left out and none comes twice, whatever was decided of those before. A cursor that
        this list did not give raises BadRequest.
        """
        found = keyset_page(self._sorted, self._order, count, after, before)
        return KeysetPage(self._shown(found.items), found.before, found.after)

    def _shown(self, rows: list[Any]) -> list[ImageCluster]:
        seen = ClusterMember.objects.filter(
            self._visible("image__"), cluster__in=[r.key for r in rows]
        )
        members: dict[int, list[_Member]] = defaultdict(list)
        for cluster, *member in seen.values_list("cluster_id", *_Member.COLUMNS):
            members[cluster].append(_Member(*member))
        return [
            _shown(row, members[row.key], cursor_of(row, self._order))
            for row in rows
            if len(members[row.key]) > 1  # behind the log one may have gone to the trash since
        ]

    def _visible(self, prefix: str = "") -> Q:
        here = Q(**{f"{prefix}trashed_at__isnull": True})
        return here if self._viewer is None else here & permitted(self._viewer, prefix)


def _unindexed(column: str) -> Any:
    """Return the value of a column as no index has it."""
    return Concat(F(column), Value("")) if column == "kind" else F(column) + 0


def _shown(row: Any, members: list[_Member], cursor: str) -> ImageCluster:
    # If the representative is hidden, the nearest to it takes its place.
    ordered = sorted(members, key=lambda one: (one.key != row.centre, one.distance, one.key))
    keys = tuple((member.key, member.distance) for member in ordered)
    widest = max(member.distance for member in members)
    kind = ClusterKind(kind_of(members).value)
    sizes = tuple(member.byte_size or 0 for member in ordered)
    return ImageCluster(kind, Star(keys[0][0], keys, widest), sizes, cursor)
