"""Queries for the stored clusters that one viewer can see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat

from gallery.clusters.filters import ClusterFilters, Lookups
from gallery.models import AudienceSummary, Cluster, ClusterMember, ClusterSummary
from gallery.people import Visitor
from gallery.querysets import permitted
from gallery.web import SortOrder, merged

# Clusters that are counted; of more than that the page says that there are more. Nobody decides
# so many in a day.
MAX_COUNTED = 10_000
# The same where a condition has to be checked for each cluster.
MAX_CHECKED = 1_000
# Pictures from which their clusters are looked up; if a condition finds more, it is checked for
# each cluster. Three conditions in two parts stay below the 32,766 values of a query in SQLite.
MAX_LOOKED_UP = 5_000

# The figures under the names that both kinds of rows have in a query.
FIGURES = {
    "shown_kind": "kind",
    "shown_size": "size",
    "shown_widest": "widest",
    "shown_bytes": "bytes_to_free",
    "shown_newest": "newest",
}

# Rows of Cluster or of AudienceSummary, with `key`, `centre` and the FIGURES.
Part: TypeAlias = QuerySet[ClusterSummary]
Condition: TypeAlias = Q | Exists


class Totals(NamedTuple):
    """How many clusters a query finds, up to a limit, and how many pictures these hold."""

    clusters: int
    pictures: int


@dataclass(frozen=True)
class ClusterQuery:
    """
    Clusters of which `viewer` can see at least two members, and that meet conditions.

    Without a viewer it finds all clusters. The conditions are those of `filters`; with `holding`,
    a cluster must also hold one of the pictures with these keys.
    """

    viewer: Visitor | None
    filters: ClusterFilters
    holding: Collection[int] | None = None

    @cached_property
    def totals(self) -> Totals:
        """The number of clusters, at most one more than `max_counted`, and of their pictures."""
        sizes = [part.values(pictures=F("shown_size")) for part in self.parts()]
        counted = merged(sizes, (), self.max_counted + 1)
        try:
            sql, values = counted.query.sql_with_params()
        except EmptyResultSet:  # a condition that no row can meet
            return Totals(0, 0)
        # Django cannot add up a column of a union.
        with connections[counted.db].cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*), SUM(pictures) FROM ({sql}) AS listed", values)
            clusters, pictures = cursor.fetchone()
        return Totals(int(clusters), int(pictures or 0))

    @property
    def max_counted(self) -> int:
        """The number of clusters that are counted at most."""
        is_slow = any(isinstance(condition, Exists) for condition in self._conditions)
        return min(MAX_COUNTED, MAX_CHECKED) if is_slow else MAX_COUNTED

    @property
    def has_more(self) -> bool:
        """Whether there are more clusters than are counted."""
        return self.totals.clusters > self.max_counted

    def parts(self, unindexed: Collection[str] = ()) -> list[Part]:
        """
        Return the rows as querysets that have no row in common.

        The database uses no index for the columns `unindexed`.
        """
        figures = {
            name: without_index(column) if name in unindexed else F(column)
            for name, column in FIGURES.items()
        }
        conditions = {"relation": self.filters.relation, **self.filters.figures}
        return [part.filter(*self._conditions, **conditions) for part in self._rows(figures)]

    def parts_in(self, order: SortOrder) -> list[Part]:
        """
        Return the parts so that reading them in this order is fast.

        If few clusters meet the conditions, the database should find these first and sort them;
        if many do, it should read them in order and stop at the end of the page. Without
        statistics, which SQLite hardly ever has, its planner cannot know which, so the index for
        the other plan is hidden from it.
        """
        filtered_by = {lookup.partition("__")[0] for lookup in self.filters.figures}
        if not (filtered_by or self._conditions):
            return self.parts()
        sorted_by = order.names[0]
        return self.parts(filtered_by - {sorted_by} if self.has_more else {sorted_by} - filtered_by)

    def visible_members(self, lookups: Lookups | None = None) -> QuerySet[ClusterMember]:
        """Return the members that the viewer can see and whose pictures meet `lookups`."""
        visible = Q(image__trashed_at__isnull=True)
        if self.viewer is not None:
            visible &= permitted(self.viewer, "image__")
        named = {f"image__{lookup}": value for lookup, value in (lookups or {}).items()}
        return ClusterMember.objects.filter(visible, **named).order_by()

    def _rows(self, figures: Mapping[str, Combinable]) -> list[Part]:
        """Return all rows that the viewer can see, as querysets that have no row in common."""
        if self.viewer is None or self.viewer.is_superuser:
            centre = F("representative_id")
            return [Cluster.objects.annotate(key=F("id"), centre=centre, **figures)]
        rows = AudienceSummary.objects.annotate(
            key=F("cluster_id"), centre=F("cluster__representative_id"), **figures
        )
        own = {"audience": self.viewer.pk or AudienceSummary.EVERYBODY}
        has_own = Exists(AudienceSummary.objects.filter(cluster=OuterRef("cluster"), **own))
        return [
            rows.filter(~has_own, audience=AudienceSummary.EVERYBODY),
            rows.filter(**own),
        ]

    @cached_property
    def _conditions(self) -> list[Condition]:
        conditions = [self._holds(lookups) for lookups in self.filters.pictures]
        if self.holding is not None:
            members = self.visible_members({"pk__in": self.holding})
            conditions.append(Q(key__in=members.values_list("cluster", flat=True)))
        return conditions

    def _holds(self, lookups: Lookups) -> Condition:
        """Return the condition that a cluster holds such a picture, in its faster form."""
        members = self.visible_members(lookups)
        keys = list(members.values_list("cluster", flat=True)[: MAX_LOOKED_UP + 1])
        if len(keys) <= MAX_LOOKED_UP:
            return Q(key__in=set(keys))
        return Exists(members.filter(cluster=OuterRef("key")))


def without_index(column: str) -> Combinable:
    """Return the value of a column as an expression that no index contains."""
    return Concat(F(column), Value("")) if column == "kind" else F(column) + 0
