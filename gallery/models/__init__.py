"""What the gallery keeps."""

from gallery.models.decisions import DecidedPicture, Decision
from gallery.models.images import Image, storage_key
from gallery.models.makings import Making
from gallery.models.matches import (
    Cluster,
    ClusterView,
    FollowedLog,
    Match,
    Membership,
    SameKind,
    Unmatched,
)
from gallery.models.shelves import Album, Named, Tag
from gallery.models.verdicts import Verdict

__all__ = [
    "Album",
    "Cluster",
    "ClusterView",
    "DecidedPicture",
    "Decision",
    "FollowedLog",
    "Image",
    "Making",
    "Match",
    "Membership",
    "Named",
    "SameKind",
    "Tag",
    "Unmatched",
    "Verdict",
    "storage_key",
]
