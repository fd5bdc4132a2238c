"""Query plans of similarity searches."""

from dataclasses import dataclass

from hashing.fields import PerceptualHashField
from hashing.fingerprints import PerceptualHash
from hashing.index.change_log import Cursor
from hashing.index.process_index import index_of
from hashing.search import HammingIndex


@dataclass(frozen=True)
class QueryPlan:
    """
    How one index answers a search, and how much of it that takes.

    `way` compares `candidates` of the `distinct` hashes, after visiting `nodes` of a tree, to find
    some of the `rows`. The index includes all changes up to `cursor` in the log.
    """

    by: str
    max_distance: int
    way: str
    nodes: int
    candidates: int
    distinct: int
    rows: int
    cursor: Cursor | None

    def __str__(self) -> str:
        at = f"log at {self.cursor.seq}" if self.cursor else "no log"
        return (
            f"{self.by} within {self.max_distance} bits: {self.way}, {self.nodes} nodes, "
            f"{self.candidates} candidates of {self.distinct} distinct hashes, "
            f"{self.rows} rows, {at}"
        )


def query_plan(
    field: PerceptualHashField, using: str, hash_: PerceptualHash, max_distance: int
) -> QueryPlan:
    """Return the plan of one search in the column of `field`."""
    state = index_of(field, using).now()
    return plan_in(state.index, field.name, state.cursor, hash_.value, max_distance)


def plan_in(
    index: HammingIndex, by: str, cursor: Cursor | None, value: int, max_distance: int
) -> QueryPlan:
    """Return the plan of one search for the hash `value` in `index`, whose log is at `cursor`."""
    explanation = index.explain(value, max_distance)
    return QueryPlan(
        by=by,
        max_distance=max_distance,
        way=explanation.way,
        nodes=explanation.nodes,
        candidates=explanation.candidates,
        distinct=explanation.hashes,
        rows=len(index),
        cursor=cursor,
    )
