"""Keep the stored clusters in line with the matches and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from itertools import product

from gallery.matching import cluster_rows
from gallery.matching.connected_pictures import ConnectedPictures
from gallery.matching.match_rows import KeyPair
from gallery.models import Cluster, Verdict


def renew_clusters(changed: Iterable[int]) -> None:
    """Renew the clusters of all pictures that are connected to the pictures `changed`."""
    keys = set(changed)
    connected = ConnectedPictures.around(keys)
    cluster_rows.replace(cluster_rows.clusters_with(connected.keys | keys), connected.clusters())


def rebuild() -> None:
    """Compute all clusters from the stored matches; rows that are right already stay."""
    cluster_rows.replace(Cluster.objects.all(), ConnectedPictures.all().clusters())


def forecast(keys: Iterable[int], apart: Iterable[tuple[str, str]]) -> list[set[int]]:
    """
    Return the clusters around the pictures `keys` if contents were marked as not duplicates.

    `apart` are pairs of content digests. Verdicts that would follow from them, for contents that
    are duplicates of one of a pair, are taken into account.
    """
    connected = ConnectedPictures.around(set(keys))
    settled = _pairs_apart(connected.keys_of, apart)
    return [{key for key, _ in record.members} for record in connected.clusters(settled)]


def _pairs_apart(
    keys_of: Mapping[str, list[int]], apart: Iterable[tuple[str, str]]
) -> set[KeyPair]:
    """Return the pairs of pictures that verdicts on these contents would settle."""
    duplicates = _duplicates_of(keys_of.keys())
    contents = {
        pair
        for first, second in apart
        for pair in product(duplicates.get(first, ()), duplicates.get(second, ()))
    }
    pairs = (pair for a, b in contents for pair in product(keys_of[a], keys_of[b]))
    return {(min(pair), max(pair)) for pair in pairs}


def _duplicates_of(digests: Set[str]) -> dict[str, set[str]]:
    """Return the duplicates of each content among these contents, itself included."""
    duplicates = {digest: {digest} for digest in digests}
    verdicts = Verdict.objects.filter(kind=Verdict.Kind.DUPLICATE, first_digest__in=digests)
    for first, second in verdicts.values_list("first_digest", "second_digest"):
        if second in duplicates:
            duplicates[first].add(second)
            duplicates[second].add(first)
    return duplicates
