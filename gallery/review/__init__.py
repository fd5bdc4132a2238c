"""Reviewing duplicates: deciding, merging, splitting, previews."""

from gallery.review.deciding import FATES, Accepted, Choice, accept, decide, forget
from gallery.review.decision_form import Sent, SentSplit, accepted, chosen_to_leave
from gallery.review.merging import Flow, flows
from gallery.review.previews import previewed, totals
from gallery.review.session import ReviewSession
from gallery.review.splitting import split
from gallery.review.verdict_transfer import BadLines, exported, parsed, take_in

__all__ = [
    "FATES",
    "Accepted",
    "BadLines",
    "Choice",
    "Flow",
    "ReviewSession",
    "Sent",
    "SentSplit",
    "accept",
    "accepted",
    "chosen_to_leave",
    "decide",
    "exported",
    "flows",
    "forget",
    "parsed",
    "previewed",
    "split",
    "take_in",
    "totals",
]
