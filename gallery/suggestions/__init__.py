"""Which copy of a picture to keep, and why."""

from gallery.suggestions.examination import examine_cluster
from gallery.suggestions.policy import Policy, Preference
from gallery.suggestions.preference import prefer, preference_of
from gallery.suggestions.provenance import Provenances, known_provenance, unexamined_clusters
from gallery.suggestions.suggestion import Suggestion, suggestion

__all__ = [
    "Policy",
    "Preference",
    "Provenances",
    "Suggestion",
    "examine_cluster",
    "known_provenance",
    "prefer",
    "preference_of",
    "suggestion",
    "unexamined_clusters",
]
