"""The index that each process keeps, and the change log that keeps it up to date."""

from hashing.index.audit import Soundness, examined
from hashing.index.change_log import (
    Cursor,
    changes_since,
    disown,
    log_length,
    note_changes,
    repair,
    restore,
    tracked_models,
)
from hashing.index.introspection import is_there
from hashing.index.process_index import LivingIndex, State, array_bytes, index_of
from hashing.index.query_plans import SearchPlan, plan_in, search_plan
from hashing.index.triggers import LOG, faults, install, tracked_fields, uninstall_statements

__all__ = [
    "LOG",
    "Cursor",
    "LivingIndex",
    "SearchPlan",
    "Soundness",
    "State",
    "array_bytes",
    "changes_since",
    "disown",
    "examined",
    "faults",
    "index_of",
    "install",
    "is_there",
    "log_length",
    "note_changes",
    "plan_in",
    "repair",
    "restore",
    "search_plan",
    "tracked_fields",
    "tracked_models",
    "uninstall_statements",
]
