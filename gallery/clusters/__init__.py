"""Clusters as a reviewer sees them: lists, cards, links."""

from gallery.clusters.cards import ClusterCard, cluster_cards
from gallery.clusters.cluster_list import ClusterList, NearClusters
from gallery.clusters.compared_cluster import ComparedCluster
from gallery.clusters.link_table import LinkTable
from gallery.clusters.visible_clusters import ShownClusters

__all__ = [
    "ClusterCard",
    "ClusterList",
    "ComparedCluster",
    "LinkTable",
    "NearClusters",
    "ShownClusters",
    "cluster_cards",
]
