"""Clusters of similar pictures, computed for one page."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import replace

from django.core.exceptions import BadRequest

from gallery.matching import ImageCluster
from gallery.web import NO_SUCH_PAGE, KeysetPage, parse_key

# The sort key of a cluster: its size, descending, and its representative.
Position = tuple[int, int]


class NearClusters:
    """Computed clusters, the largest first, with the interface of VisibleClusters."""

    has_more = False

    def __init__(self, clusters: Iterable[ImageCluster] = ()) -> None:
        self._clusters = [replace(cluster, cursor=_cursor(cluster)) for cluster in clusters]

    @property
    def count(self) -> int:
        return len(self._clusters)

    @property
    def pictures(self) -> int:
        """How many pictures the clusters hold."""
        return sum(len(cluster.members) for cluster in self._clusters)

    def first(self, count: int | None = None) -> list[ImageCluster]:
        """Return the first `count` clusters; by default all."""
        return self._clusters[:count]

    def page(self, count: int, after: str = "", before: str = "") -> KeysetPage[ImageCluster]:
        """Return `count` clusters after the cursor `after`, or before `before`, or the first."""
        if after or not before:
            start = bisect_right(self._clusters, _read(after), key=_position) if after else 0
            end = start + count
        else:
            end = bisect_left(self._clusters, _read(before), key=_position)
            start = max(0, end - count)
        items = self._clusters[start:end]
        return KeysetPage(
            items,
            before=items[0].cursor if items and start else "",
            after=items[-1].cursor if items and end < len(self._clusters) else "",
        )


def _position(cluster: ImageCluster) -> Position:
    return -len(cluster.members), cluster.representative


def _cursor(cluster: ImageCluster) -> str:
    return f"{len(cluster.members)}-{cluster.representative}"


def _read(cursor: str) -> Position:
    """Return the position that a cursor names; raises BadRequest if it names none."""
    size, key = (parse_key(text) for text in cursor.partition("-")[::2])
    if size is None or key is None:
        raise BadRequest(NO_SUCH_PAGE)
    return -size, key
