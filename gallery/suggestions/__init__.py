"""Which copy of a picture to keep, and why."""

from gallery.suggestions.preference import prefer, preference_of, suggestion
from gallery.suggestions.provenance import (
    PAGE_PIXELS,
    Makings,
    look_at,
    look_at_cluster,
    makings_of,
    unseen_clusters,
)
from gallery.suggestions.suggestion import Policy, Preference, Suggestion

__all__ = [
    "PAGE_PIXELS",
    "Makings",
    "Policy",
    "Preference",
    "Suggestion",
    "look_at",
    "look_at_cluster",
    "makings_of",
    "prefer",
    "preference_of",
    "suggestion",
    "unseen_clusters",
]
