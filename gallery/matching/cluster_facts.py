"""Clusters as plain values, for commands that print them."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from gallery.matching.computed_clusters import ImageCluster
from gallery.models import Image


class MemberFacts(TypedDict):
    """A picture in a cluster; `hash` in hex, `distance` in bits from the representative."""

    id: str
    name: str
    source: str
    hash: str
    distance: int


class ClusterFacts(TypedDict):
    """A cluster; `representative` is the public identifier of a picture."""

    representative: str
    kind: str
    diameter: int
    members: list[MemberFacts]


def cluster_facts(clusters: Iterable[ImageCluster], by: str) -> list[ClusterFacts]:
    """Return the facts of clusters without pictures that have been deleted since."""
    clusters = list(clusters)
    images = Image.objects.in_bulk([key for cluster in clusters for key in cluster.keys])
    facts = [_facts(cluster, images, by) for cluster in clusters]
    # A picture whose copies have all been deleted is no cluster.
    return [cluster for cluster in facts if len(cluster["members"]) > 1]


def _facts(cluster: ImageCluster, images: Mapping[int, Image], by: str) -> ClusterFacts:
    members = [
        _member_facts(images[key], by, distance)
        for key, distance in cluster.members
        if key in images
    ]
    return {
        # The representative is the first member; if it was deleted, the nearest takes its place.
        "representative": members[0]["id"] if members else "",
        "kind": str(cluster.kind.value),
        "diameter": cluster.diameter,
        "members": members,
    }


def _member_facts(image: Image, by: str, distance: int) -> MemberFacts:
    return {
        "id": str(image.public_id),
        "name": image.original_name,
        "source": image.source,
        "hash": str(getattr(image, by)),
        "distance": distance,
    }
