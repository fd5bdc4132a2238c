"""Verdicts on pairs of pictures, and what follows from them."""

from gallery.verdicts.identical_copies import ENDS, name, name_of, welcome
from gallery.verdicts.inference import STRENGTH
from gallery.verdicts.settled_pairs import settled_pairs
from gallery.verdicts.split_rules import MOST_PAIRS, is_said_apart, pairs_across, split_problem
from gallery.verdicts.store import Said, follow, said, said_of

__all__ = [
    "ENDS",
    "MOST_PAIRS",
    "STRENGTH",
    "Said",
    "follow",
    "is_said_apart",
    "name",
    "name_of",
    "pairs_across",
    "said",
    "said_of",
    "settled_pairs",
    "split_problem",
    "welcome",
]
