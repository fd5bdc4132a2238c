"""Read and write clusters in their three tables; only rows that differ are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gallery.batches import in_batches
from gallery.matching.cluster_summaries import AudienceFigures, Summary
from gallery.models import AudienceSummary, Cluster, ClusterMember

BATCH = 1000


class ClusterRecord(NamedTuple):
    """
    A cluster with the values of all its rows.

    `members` are primary keys with the distance to the representative, by distance and key.
    """

    representative: int
    members: tuple[tuple[int, int], ...]
    summary: Summary
    audiences: tuple[AudienceFigures, ...]


def clusters_with(keys: Iterable[int]) -> list[Cluster]:
    """Return the rows of the clusters that hold one of these pictures."""
    rows = {
        cluster.pk: cluster
        for batch in in_batches(keys)
        for cluster in Cluster.objects.filter(memberships__image__in=batch).distinct()
    }
    return list(rows.values())


def replace(present: Iterable[Cluster], wanted: Iterable[ClusterRecord]) -> None:
    """Store the clusters `wanted` in the place of the rows `present`; equal rows stay."""
    stale = {record: key for key, record in _records(present).items()}
    fresh = [record for record in map(_ordered, wanted) if stale.pop(record, None) is None]
    for batch in in_batches(stale.values()):
        Cluster.objects.filter(pk__in=batch).delete()
    _create(fresh)


def _ordered(record: ClusterRecord) -> ClusterRecord:
    """Return a record with its members in the order in which rows are read."""
    return record._replace(members=tuple(sorted(record.members, key=lambda one: one[::-1])))


def _records(present: Iterable[Cluster]) -> dict[int, ClusterRecord]:
    """Return what is stored of each of these clusters, by its key."""
    rows = {row.pk: row for row in present}
    members, audiences = _members(rows), _audiences(rows)
    return {
        key: ClusterRecord(
            row.representative_id,
            tuple(members[key]),
            Summary._make(getattr(row, name) for name in Summary._fields),
            tuple(audiences[key]),
        )
        for key, row in rows.items()
    }


def _members(keys: Iterable[int]) -> Mapping[int, list[tuple[int, int]]]:
    """Return key and distance of the members of clusters, by the key of the cluster."""
    members = defaultdict[int, list[tuple[int, int]]](list)
    for batch in in_batches(keys):
        rows = ClusterMember.objects.filter(cluster__in=batch).order_by("distance", "image_id")
        for cluster, image, distance in rows.values_list("cluster_id", "image_id", "distance"):
            members[cluster].append((image, distance))
    return members


def _audiences(keys: Iterable[int]) -> Mapping[int, list[AudienceFigures]]:
    """Return the figures of clusters for each audience, by the key of the cluster."""
    audiences = defaultdict[int, list[AudienceFigures]](list)
    for batch in in_batches(keys):
        rows = AudienceSummary.objects.filter(cluster__in=batch).order_by("audience")
        for cluster, audience, *figures in rows.values_list(
            "cluster_id", "audience", *Summary._fields
        ):
            audiences[cluster].append(AudienceFigures(audience, Summary(*figures)))
    return audiences


def _create(records: list[ClusterRecord]) -> None:
    created = Cluster.objects.bulk_create(
        Cluster(representative_id=record.representative, **record.summary._asdict())
        for record in records
    )
    pairs = list(zip(created, records, strict=True))
    ClusterMember.objects.bulk_create(
        [
            ClusterMember(cluster=cluster, image_id=key, distance=distance)
            for cluster, record in pairs
            for key, distance in record.members
        ],
        batch_size=BATCH,
    )
    AudienceSummary.objects.bulk_create(
        [
            AudienceSummary(cluster=cluster, audience=audience, **figures._asdict())
            for cluster, record in pairs
            for audience, figures in record.audiences
        ],
        batch_size=BATCH,
    )
