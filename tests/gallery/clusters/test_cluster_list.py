"""The clusters that an address asks for."""

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from gallery.clusters.cluster_list import ClusterList
from gallery.clusters.near_clusters import NearClusters
from gallery.matching import follower
from gallery.models import Image
from tests.gallery.match_rows import add, picture

# On PostgreSQL a transaction reads its own changes again until it is over.
COMMITTED = pytest.mark.django_db(transaction=True)


def listed(query: str, viewer: User, kind: str = "") -> list[list[int]]:
    page = ClusterList(QueryDict(query), viewer, kind).page(10)
    return [sorted(cluster.keys) for cluster in page.items]


@pytest.fixture
def pairs(db: None) -> list[list[int]]:
    """Two equal files, and two pictures that are only similar."""
    equal, similar = add([picture(1), picture(1)]), add([picture(2), picture(2, 1)])
    follower.finish()
    return [[image.pk for image in pair] for pair in (equal, similar)]


@COMMITTED
def test_a_page_compares_nothing_and_counts_what_is_left(ann: User) -> None:
    add([picture(1), picture(1, 1), picture(1, 2, visibility="private")])
    for _ in range(2):  # the second time, their match is still to be looked at
        clusters = ClusterList(QueryDict(), ann)
        assert (clusters.unmatched, clusters.clusters.count) == (2, 0)
        follower.catch_up(share=3)
    follower.finish()
    clusters = ClusterList(QueryDict(), ann)
    assert (clusters.unmatched, clusters.clusters.count) == (0, 1)


def test_filters_and_a_kind_of_the_caller(ann: User, pairs: list[list[int]]) -> None:
    equal, similar = pairs
    assert sorted(listed("", ann)) == sorted(pairs)
    assert listed("kind=bytes", ann) == [equal]
    assert listed("kind=bytes", ann, kind="copy") == [similar]


def test_one_cluster_alone(ann: User, pairs: list[list[int]]) -> None:
    _, similar = pairs
    for kind in ("", "kind=near&"):
        assert listed(f"{kind}cluster={similar[1]}", ann) == [similar]
        assert listed(f"{kind}cluster=999", ann) == listed(f"{kind}cluster=x", ann) == []


def test_similar_pictures_are_computed(ann: User, pairs: list[list[int]]) -> None:
    Image.objects.update(visibility="public")
    clusters = ClusterList(QueryDict("kind=near"), ann)
    assert isinstance(clusters.clusters, NearClusters)
    assert [sorted(cluster.keys) for cluster in clusters.page(10).items] == [pairs[1]]


def test_a_distance_out_of_range_is_told_in_the_form(ann: User, pairs: list[list[int]]) -> None:
    clusters = ClusterList(QueryDict("kind=near&by=colorhash&max_distance=99"), ann)
    assert clusters.form.errors.keys() == {"max_distance"}
