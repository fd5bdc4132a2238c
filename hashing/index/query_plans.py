"""How a search for look-alikes is answered, for the curious."""

from dataclasses import dataclass

from hashing.fields import PerceptualHashField
from hashing.fingerprints import PerceptualHash
from hashing.index.change_log import Cursor
from hashing.index.process_index import index_of
from hashing.search import HammingIndex


@dataclass(frozen=True)
class SearchPlan:
    """
    The way in which one index answers, and how much it looks at.

    `way` looks at `candidates` of `distinct` hashes, after `nodes` steps through a tree, to find
    rows among `rows`. The index includes all changes up to `cursor` in the log.
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


def search_plan(
    field: PerceptualHashField, using: str, hash_: PerceptualHash, max_distance: int
) -> SearchPlan:
    """Return the plan of one search in the column of `field`."""
    state = index_of(field, using).now()
    return plan_in(state.index, field.name, state.cursor, hash_.value, max_distance)


def plan_in(
    index: HammingIndex, by: str, cursor: Cursor | None, value: int, max_distance: int
) -> SearchPlan:
    """Return the plan of one search in `index`, which is at `cursor`."""
    told = index.explain(value, max_distance)
    return SearchPlan(
        by=by,
        max_distance=max_distance,
        way=told.way,
        nodes=told.nodes,
        candidates=told.candidates,
        distinct=told.hashes,
        rows=len(index),
        cursor=cursor,
    )
