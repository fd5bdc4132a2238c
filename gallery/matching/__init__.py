"""Stored matches and clusters, kept up to date with the pictures."""

from gallery.matching.alignments import (
    EQUAL_CONTENT,
    KnownMatch,
    alignments,
    matches_by_content,
)
from gallery.matching.cluster_facts import ClusterFacts, cluster_facts
from gallery.matching.cluster_kinds import ClusterKind, same_kind
from gallery.matching.cluster_store import forecast, renew_clusters
from gallery.matching.computed_clusters import ImageCluster, image_clusters
from gallery.matching.content_pairs import content_pairs
from gallery.matching.follower import (
    BATCH,
    catch_up,
    compare_batch,
    count_waiting,
    finish,
    is_begun,
    is_behind,
    is_unsettled,
    is_waiting,
    rebuild,
    unsettled_keys,
)
from gallery.matching.match_checks import unverified, verify, verify_matches_of
from gallery.matching.match_counts import copy_counts
from gallery.matching.sqlite_patience import brief_wait

__all__ = [
    "BATCH",
    "EQUAL_CONTENT",
    "ClusterFacts",
    "ClusterKind",
    "ImageCluster",
    "KnownMatch",
    "alignments",
    "brief_wait",
    "catch_up",
    "cluster_facts",
    "compare_batch",
    "content_pairs",
    "copy_counts",
    "count_waiting",
    "finish",
    "forecast",
    "image_clusters",
    "is_begun",
    "is_behind",
    "is_unsettled",
    "is_waiting",
    "matches_by_content",
    "rebuild",
    "renew_clusters",
    "same_kind",
    "unsettled_keys",
    "unverified",
    "verify",
    "verify_matches_of",
]
