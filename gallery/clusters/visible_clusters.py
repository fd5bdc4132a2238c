"""The stored clusters that one viewer can see, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import NamedTuple

from gallery.clusters.cluster_query import ClusterQuery
from gallery.clusters.filters import DEFAULTS, ClusterFilters
from gallery.matching import ClusterKind, ImageCluster, same_kind
from gallery.models import ClusterSummary, Relation
from gallery.people import Visitor
from gallery.web import KeysetPage, SortOrder, cursor_of, keyset_page, merged

ORDERS = {
    "bytes": SortOrder(("-shown_bytes", "key")),
    "size": SortOrder(("-shown_size", "key")),
    "tightest": SortOrder(("shown_widest", "key")),
    "newest": SortOrder(("-shown_newest", "key")),
}
MEMBER_COLUMNS = (
    *("image_id", "distance"),
    *("image__sha256", "image__content_digest", "image__byte_size"),
)


class MemberRow(NamedTuple):
    """The MEMBER_COLUMNS of a member; `key` is that of its picture."""

    key: int
    distance: int
    sha256: str
    content_digest: str
    byte_size: int | None


class VisibleClusters:
    """
    Clusters of which `viewer` can see at least two members, without the members they cannot see.

    Without a viewer, all clusters with all members. `filters` restrict and sort them; with
    `holding`, a cluster must hold one of the pictures with these keys.
    """

    def __init__(
        self,
        viewer: Visitor | None,
        filters: ClusterFilters = DEFAULTS,
        holding: Collection[int] | None = None,
    ) -> None:
        self._query = ClusterQuery(viewer, filters, holding)
        self._order = ORDERS[filters.sort]

    @property
    def count(self) -> int:
        """How many clusters there are, up to the number that is counted."""
        return min(self._query.totals.clusters, self._query.max_counted)

    @property
    def has_more(self) -> bool:
        """Whether there are more clusters than are counted."""
        return self._query.has_more

    @property
    def pictures(self) -> int:
        """How many pictures the counted clusters hold."""
        return self._query.totals.pictures

    def first(self, count: int | None = None) -> list[ImageCluster]:
        """Return the first `count` clusters in order; by default all."""
        rows = merged(self._query.parts_in(self._order), self._order.keys, count)
        return self._clusters(rows)

    def page(self, count: int, after: str = "", before: str = "") -> KeysetPage[ImageCluster]:
        """
        Return the `count` clusters after the cursor `after`, or before `before`, or the first.

        Stable under concurrent decisions: no cluster is skipped or repeated. Raises BadRequest
        for a cursor that no list in this order has given.
        """
        rows = keyset_page(self._query.parts_in(self._order), self._order, count, after, before)
        return KeysetPage(self._clusters(rows.items), rows.before, rows.after)

    def _clusters(self, rows: Iterable[ClusterSummary]) -> list[ImageCluster]:
        """Return the clusters of rows, with the members that the viewer can see."""
        identified = [(*_key_and_centre(row), cursor_of(row, self._order)) for row in rows]
        members = self._members([key for key, *_ in identified])
        relation = self._query.filters.relation
        return [
            _cluster(centre, members[key], cursor, relation)
            for key, centre, cursor in identified
            # Before the log is followed, a picture of the cluster can have gone to the trash.
            if len(members[key]) > 1
        ]

    def _members(self, clusters: Collection[int]) -> dict[int, list[MemberRow]]:
        visible = self._query.visible_members().filter(cluster__in=clusters)
        members = defaultdict[int, list[MemberRow]](list)
        for cluster, *columns in visible.values_list("cluster_id", *MEMBER_COLUMNS):
            members[cluster].append(MemberRow(*columns))
        return members


def _key_and_centre(row: ClusterSummary) -> tuple[int, int]:
    """Return the annotations of a row: the keys of the cluster and of its representative."""
    key, centre = attrgetter("key", "centre")(row)
    return key, centre


def _cluster(
    centre: int, members: list[MemberRow], cursor: str, relation: Relation
) -> ImageCluster:
    are_copies = relation == Relation.COPIES
    # If the representative is hidden, the nearest visible member takes its place.
    ordered = sorted(members, key=lambda row: (row.key != centre, row.distance, row.key))
    return ImageCluster(
        kind=ClusterKind((same_kind(members) if are_copies else relation.kind).value),
        representative=ordered[0].key,
        members=tuple((row.key, row.distance) for row in ordered),
        diameter=max(row.distance for row in members),
        sizes=tuple(row.byte_size or 0 for row in ordered),
        cursor=cursor,
    )
