"""The index that each process keeps, and the change log that keeps it up to date."""

from hashing.index.audit import Soundness, examined
from hashing.index.change_log import Cursor, changes_since, log_length, note_changes
from hashing.index.introspection import column_names, is_there
from hashing.index.log_upkeep import disown, release, repair, restore, tracked_models
from hashing.index.process_index import LivingIndex, State, array_bytes, index_of
from hashing.index.query_plans import SearchPlan, plan_in, search_plan
from hashing.index.triggers import faults, tracked_fields

__all__ = [
    "Cursor",
    "LivingIndex",
    "SearchPlan",
    "Soundness",
    "State",
    "array_bytes",
    "changes_since",
    "column_names",
    "disown",
    "examined",
    "faults",
    "index_of",
    "is_there",
    "log_length",
    "note_changes",
    "plan_in",
    "release",
    "repair",
    "restore",
    "search_plan",
    "tracked_fields",
    "tracked_models",
]
