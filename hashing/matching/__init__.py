"""Matches of pictures, confirmed in two stages, and clusters of similar pictures."""

from hashing.matching.bursts import SECOND, Moment
from hashing.matching.clustering import Cluster, clusters, equal_pairs
from hashing.matching.match_table import Match, MatchTable
from hashing.matching.matcher import (
    LARGE_BYTES,
    LIMITS,
    WIDE_LIMITS,
    Limits,
    Stored,
    Subject,
    all_matches,
    find_matches,
    match_of,
)

__all__ = [
    "LARGE_BYTES",
    "LIMITS",
    "SECOND",
    "WIDE_LIMITS",
    "Cluster",
    "Limits",
    "Match",
    "MatchTable",
    "Moment",
    "Stored",
    "Subject",
    "all_matches",
    "clusters",
    "equal_pairs",
    "find_matches",
    "match_of",
]
