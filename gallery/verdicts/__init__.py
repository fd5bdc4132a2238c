"""Verdicts on pairs of pictures, and what follows from them."""

from gallery.verdicts.carried_verdicts import carry_over
from gallery.verdicts.identical_copies import copy_ids, fill_vacancies
from gallery.verdicts.inference import STRENGTH
from gallery.verdicts.settled_pairs import settled_pairs
from gallery.verdicts.split_rules import (
    MOST_PAIRS,
    is_settled_by_person,
    pairs_across,
    split_problem,
)
from gallery.verdicts.store import KnownVerdict, follow, given_verdicts, verdicts_between

__all__ = [
    "MOST_PAIRS",
    "STRENGTH",
    "KnownVerdict",
    "carry_over",
    "copy_ids",
    "fill_vacancies",
    "follow",
    "given_verdicts",
    "is_settled_by_person",
    "pairs_across",
    "settled_pairs",
    "split_problem",
    "verdicts_between",
]
