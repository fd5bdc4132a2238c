"""Looking at the pixels of pictures that hashes have matched, and what was seen."""

from gallery.verification.closeups import (
    closeup_of,
    make_missing,
    preview_of,
    without_closeup,
)
from gallery.verification.looks import CandidatePair, look_at
from gallery.verification.records import (
    MATCH_KINDS,
    ContentPair,
    known_kinds,
    ordered,
    record,
    verifications,
)

__all__ = [
    "MATCH_KINDS",
    "CandidatePair",
    "ContentPair",
    "closeup_of",
    "known_kinds",
    "look_at",
    "make_missing",
    "ordered",
    "preview_of",
    "record",
    "verifications",
    "without_closeup",
]
