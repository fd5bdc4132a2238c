"""Computed clusters, a page at a time."""

from itertools import pairwise

import pytest
from django.core.exceptions import BadRequest

from gallery.clusters.near_clusters import NearClusters
from gallery.matching.cluster_kinds import ClusterKind
from gallery.matching.computed_clusters import ImageCluster


def cluster(representative: int, size: int) -> ImageCluster:
    members = tuple((representative + number, number) for number in range(size))
    return ImageCluster(ClusterKind.NEAR, representative, members, size)


CLUSTERS = NearClusters([cluster(40, 4), cluster(10, 3), cluster(20, 3), cluster(5, 2)])


def test_pages_in_both_directions_have_every_cluster_once() -> None:
    pages = [CLUSTERS.page(2)]
    while pages[-1].after:
        pages.append(CLUSTERS.page(2, after=pages[-1].after))
    found = [cluster.representative for page in pages for cluster in page.items]
    assert found == [40, 10, 20, 5]
    assert pages[0].before == ""
    for page, following in pairwise(pages):
        assert CLUSTERS.page(2, before=following.before).items == page.items


def test_totals() -> None:
    assert (CLUSTERS.count, CLUSTERS.pictures, CLUSTERS.has_more) == (4, 12, False)
    assert CLUSTERS.first(1)[0].representative == 40
    assert len(CLUSTERS.first()) == 4
    assert (NearClusters().count, NearClusters().page(2).items) == (0, [])


def test_a_page_goes_on_where_a_cluster_has_gone() -> None:
    fewer = NearClusters([cluster(40, 4), cluster(20, 3), cluster(5, 2)])
    assert [found.representative for found in fewer.page(2, after="3-10").items] == [20, 5]


@pytest.mark.parametrize("cursor", ["x", "3", "3-", "-3-1", "3-x", "9" * 30 + "-1"])
def test_other_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(BadRequest):
        CLUSTERS.page(2, after=cursor)
    with pytest.raises(BadRequest):
        CLUSTERS.page(2, before=cursor)
