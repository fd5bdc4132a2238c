"""Stored matches and clusters, kept up to date with the pictures."""

from gallery.matching.alignments import EQUAL, alignments, alignments_by_content
from gallery.matching.cluster_facts import facts_of_clusters
from gallery.matching.cluster_store import forecast
from gallery.matching.cluster_summaries import kind_of
from gallery.matching.computed_clusters import ClusterKind, ImageCluster, image_clusters
from gallery.matching.follower import (
    BATCH,
    catch_up,
    finish,
    hurried,
    is_begun,
    is_waiting,
    rebuild,
)
from gallery.matching.match_counts import count_same

__all__ = [
    "BATCH",
    "EQUAL",
    "ClusterKind",
    "ImageCluster",
    "alignments",
    "alignments_by_content",
    "catch_up",
    "count_same",
    "facts_of_clusters",
    "finish",
    "forecast",
    "hurried",
    "image_clusters",
    "is_begun",
    "is_waiting",
    "kind_of",
    "rebuild",
]
