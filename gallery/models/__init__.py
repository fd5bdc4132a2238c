"""The gallery's tables."""

from gallery.models.closeups import Closeup
from gallery.models.clusters import (
    AudienceSummary,
    Cluster,
    ClusterMember,
    ClusterSummary,
    Relation,
)
from gallery.models.collections import Album, NamedCollection, Tag
from gallery.models.decisions import Decision, DecisionItem
from gallery.models.images import Image, Size, storage_key
from gallery.models.matches import (
    EQUAL_KINDS,
    DeepMatch,
    LogPosition,
    Match,
    MatchKind,
    PendingMatch,
)
from gallery.models.parts import PartMatch
from gallery.models.provenance import Provenance
from gallery.models.verdicts import Verdict
from gallery.models.verifications import Verification
from gallery.models.worker import TaskReport, WorkerLease

__all__ = [
    "EQUAL_KINDS",
    "Album",
    "AudienceSummary",
    "Closeup",
    "Cluster",
    "ClusterMember",
    "ClusterSummary",
    "Decision",
    "DecisionItem",
    "DeepMatch",
    "Image",
    "LogPosition",
    "Match",
    "MatchKind",
    "NamedCollection",
    "PartMatch",
    "PendingMatch",
    "Provenance",
    "Relation",
    "Size",
    "Tag",
    "TaskReport",
    "Verdict",
    "Verification",
    "WorkerLease",
    "storage_key",
]
