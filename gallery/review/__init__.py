"""Reviewing duplicates: deciding, merging, splitting, previews."""

from gallery.review.deciding import Accepted, accept, decide
from gallery.review.decision_form import (
    chosen_to_leave,
    decision_request,
    keep_one,
    split_request,
)
from gallery.review.decision_request import EFFECTS, Choice
from gallery.review.merging import Flow, flows
from gallery.review.ownership import stranded_owners, stranding
from gallery.review.previews import previewed, totals
from gallery.review.session import ReviewSession
from gallery.review.splitting import split
from gallery.review.verdict_lines import InvalidLines, parsed
from gallery.review.verdict_transfer import exported, import_verdicts
from gallery.review.withdrawal import withdraw

__all__ = [
    "EFFECTS",
    "Accepted",
    "Choice",
    "Flow",
    "InvalidLines",
    "ReviewSession",
    "accept",
    "chosen_to_leave",
    "decide",
    "decision_request",
    "exported",
    "flows",
    "import_verdicts",
    "keep_one",
    "parsed",
    "previewed",
    "split",
    "split_request",
    "stranded_owners",
    "stranding",
    "totals",
    "withdraw",
]
