"""Clusters as a reviewer sees them: lists, cards, links."""

from gallery.clusters.cards import ClusterCard, cluster_cards
from gallery.clusters.cluster_list import ClusterList
from gallery.clusters.compared_cluster import ComparedCluster
from gallery.clusters.filters import ClusterFilters
from gallery.clusters.link_table import LinkTable
from gallery.clusters.near_clusters import NearClusters
from gallery.clusters.visible_clusters import VisibleClusters

__all__ = [
    "ClusterCard",
    "ClusterFilters",
    "ClusterList",
    "ComparedCluster",
    "LinkTable",
    "NearClusters",
    "VisibleClusters",
    "cluster_cards",
]
