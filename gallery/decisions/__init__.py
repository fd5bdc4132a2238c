"""Decisions that can be undone: changes, the journal, undo and redo, and their wording."""

from gallery.decisions.changes import Change, ColumnChange, MembershipChange, VerdictChange
from gallery.decisions.exceptions import (
    Conflict,
    DecisionNotFound,
    DecisionRefused,
    InvalidRequest,
)
from gallery.decisions.journal import ItemEffect, position, record
from gallery.decisions.locks import lock, lock_images
from gallery.decisions.memberships import read_memberships
from gallery.decisions.pair_verdicts import read_verdicts, write_verdicts
from gallery.decisions.picture_pairs import PicturePair
from gallery.decisions.reversal import redo, undo
from gallery.decisions.targets import ALBUM, COLLECTIONS, TAG, Membership, PairVerdict
from gallery.decisions.undo_result import UndoResult
from gallery.decisions.verdict_values import VerdictValue
from gallery.decisions.visible_decisions import open_to
from gallery.decisions.wording import (
    EFFECT_PHRASES,
    EffectPhrases,
    decision_sentence,
    effects_summary,
    event_sentence,
    undo_json,
    undo_sentence,
)

__all__ = [
    "ALBUM",
    "COLLECTIONS",
    "EFFECT_PHRASES",
    "TAG",
    "Change",
    "ColumnChange",
    "Conflict",
    "DecisionNotFound",
    "DecisionRefused",
    "EffectPhrases",
    "InvalidRequest",
    "ItemEffect",
    "Membership",
    "MembershipChange",
    "PairVerdict",
    "PicturePair",
    "UndoResult",
    "VerdictChange",
    "VerdictValue",
    "decision_sentence",
    "effects_summary",
    "event_sentence",
    "lock",
    "lock_images",
    "open_to",
    "position",
    "read_memberships",
    "read_verdicts",
    "record",
    "redo",
    "undo",
    "undo_json",
    "undo_sentence",
    "write_verdicts",
]
