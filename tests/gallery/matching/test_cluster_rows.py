"""Clusters in their tables: rows that are right already stay."""

import pytest
from django.contrib.auth.models import User

from gallery.matching import cluster_rows
from gallery.matching.cluster_rows import ClusterRecord
from gallery.matching.cluster_summaries import AudienceFigures, Summary
from gallery.models import Cluster, Image
from tests.gallery.match_rows import add, picture


@pytest.fixture
def record(ann: User) -> ClusterRecord:
    first, second = add([picture(1), picture(1, 1)])
    figures = Summary("copies", "copy", 2, 8, 1000, second.pk)
    members = ((first.pk, 0), (second.pk, 8))
    return ClusterRecord(first.pk, members, figures, (AudienceFigures(ann.pk, figures),))


def test_records_are_stored_and_read_back(record: ClusterRecord) -> None:
    cluster_rows.replace([], [record])
    (row,) = cluster_rows.clusters_with([record.members[1][0]])
    assert (row.kind, row.size, row.widest) == ("copy", 2, 8)
    cluster_rows.replace(Cluster.objects.all(), [record])
    assert Cluster.objects.get() == row


def test_the_order_of_members_makes_no_other_cluster(record: ClusterRecord) -> None:
    cluster_rows.replace([], [record])
    row = Cluster.objects.get()
    cluster_rows.replace([row], [record._replace(members=record.members[::-1])])
    assert Cluster.objects.get() == row


@pytest.mark.parametrize("change", ["summary", "audiences", "members"])
def test_a_record_that_differs_takes_the_place_of_the_row(
    record: ClusterRecord, change: str
) -> None:
    cluster_rows.replace([], [record])
    (third,) = add([picture(1, 2)])
    changed = {
        "summary": record.summary._replace(widest=9),
        "audiences": (),
        "members": (*record.members, (third.pk, 9)),
    }
    row = Cluster.objects.get()
    cluster_rows.replace([row], [record._replace(**{change: changed[change]})])
    assert Cluster.objects.get() != row


def test_clusters_without_a_record_go(record: ClusterRecord) -> None:
    cluster_rows.replace([], [record])
    cluster_rows.replace(Cluster.objects.all(), [])
    assert not Cluster.objects.exists()
    assert Image.objects.count() == 2
