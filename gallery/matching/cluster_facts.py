"""TODO docstring."""

from collections.abc import Iterable
from typing import Any

from gallery.matching.computed_clusters import ImageCluster
from gallery.models import Image


def facts_of_clusters(found: Iterable[ImageCluster], by: str) -> list[dict[str, Any]]:
    """Return clusters as plain values, without pictures that were deleted meanwhile."""
    found = list(found)
    images = Image.objects.in_bulk([key for cluster in found for key in cluster.keys])
    # One picture that is left alone is no cluster.
    whole = [cluster for cluster in found if sum(key in images for key in cluster.keys) > 1]
    return [cluster_facts(cluster, images, by) for cluster in whole]


def cluster_facts(found: ImageCluster, images: dict[int, Image], by: str) -> dict[str, Any]:
    """Return those of a cluster that are among `images` as plain values; hashes are in hex."""
    members = [member for member in found.cluster.members if member[0] in images]
    return {
        # It stands before all others; if it has gone, the nearest to it takes its place.
        "representative": str(images[members[0][0]].public_id) if members else "",
        "kind": found.kind.value,
        "diameter": found.cluster.diameter,
        "members": [
            {
                "id": str(images[key].public_id),
                "name": images[key].original_name,
                "source": images[key].source,
                "hash": str(getattr(images[key], by)),
                "distance": distance,
            }
            for key, distance in members
        ],
    }
