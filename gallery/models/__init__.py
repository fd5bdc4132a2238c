"""The gallery's tables."""

from gallery.models.clusters import AudienceSummary, Cluster, ClusterMember, ClusterSummary
from gallery.models.collections import Album, NamedCollection, Tag
from gallery.models.decisions import Decision, DecisionItem
from gallery.models.images import Image, Size, storage_key
from gallery.models.matches import LogPosition, Match, PendingMatch, SameKind
from gallery.models.provenance import Provenance
from gallery.models.verdicts import Verdict
from gallery.models.worker import TaskReport, WorkerLease

__all__ = [
    "Album",
    "AudienceSummary",
    "Cluster",
    "ClusterMember",
    "ClusterSummary",
    "Decision",
    "DecisionItem",
    "Image",
    "LogPosition",
    "Match",
    "NamedCollection",
    "PendingMatch",
    "Provenance",
    "SameKind",
    "Size",
    "Tag",
    "TaskReport",
    "Verdict",
    "WorkerLease",
    "storage_key",
]
