"""The index that each process keeps, and the change log that keeps it up to date."""

from hashing.index.audit import Audit, Finding, audit_of
from hashing.index.change_log import Changes, Cursor, changes_since, log_length, note_changes
from hashing.index.introspection import column_names, is_there
from hashing.index.log_upkeep import disown, release, repair, restore, tracked_models
from hashing.index.process_index import LiveIndex, State, index_of
from hashing.index.query_plans import QueryPlan, plan_in, query_plan
from hashing.index.row_keys import PrimaryKey, RowKeys, row_keys_of
from hashing.index.triggers import faults, tracked_fields

__all__ = [
    "Audit",
    "Changes",
    "Cursor",
    "Finding",
    "LiveIndex",
    "PrimaryKey",
    "QueryPlan",
    "RowKeys",
    "State",
    "audit_of",
    "changes_since",
    "column_names",
    "disown",
    "faults",
    "index_of",
    "is_there",
    "log_length",
    "note_changes",
    "plan_in",
    "query_plan",
    "release",
    "repair",
    "restore",
    "row_keys_of",
    "tracked_fields",
    "tracked_models",
]
