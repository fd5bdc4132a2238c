"""
The index that a process keeps of one hash column, true at every question.

It is a memo of a query. Before each answer the log of changes is read from the newest row that
was known; changed rows are fetched anew. If the log was trimmed, emptied or begun again since, the
whole column is loaded.

Inside an open transaction the answer includes what the transaction did and nobody may see yet;
such an index is used once and never becomes the shared one, because it may be rolled back.
"""

import threading
from dataclasses import dataclass, field

import numpy as np
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from hashing.changelog import Cursor, changes_since
from hashing.fields import PerceptualHashField
from hashing.hamming_index import HammingIndex

# Changes are fetched by key in portions of this many; past a quarter of the table it is
# quicker to load everything.
PORTION = 5000


@dataclass(frozen=True)
class _State:
    """An index, and the place in the log up to which it includes all changes."""

    cursor: Cursor | None
    index: HammingIndex


@dataclass
class LivingIndex:
    """The index of the hash column of `field` in the database called `using`."""

    field: PerceptualHashField
    using: str
    _state: _State | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> HammingIndex:
        """Return an index of what this connection sees now; it stays as it is."""
        connection = connections[self.using]
        if connection.in_atomic_block or not connection.get_autocommit():
            return self._refreshed(self._state).index
        with self._lock:
            self._state = self._refreshed(self._state)
            return self._state.index

    @property
    def _table(self) -> str:
        return self.field.model._meta.db_table

    def _refreshed(self, state: _State | None) -> _State:
        changes = changes_since(self.field.model, state.cursor if state else None, self.using)
        if state is None or not changes.is_complete:
            return self._load(changes.cursor)
        changed = changes.keys
        if not len(changed):
            return state
        if len(changed) > PORTION and len(changed) * 4 > len(state.index):
            return self._load(changes.cursor)
        index = state.index.with_changes(changed, *self._fetch(changed))
        return _State(changes.cursor, index)

    def _load(self, cursor: Cursor | None) -> _State:
        # The log was read first: what is committed in between is read twice, never missed.
        return _State(cursor, HammingIndex.build(*_arrays(self._rows(""))))

    def _fetch(self, changed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows: list[tuple[int, int]] = []
        for start in range(0, len(changed), PORTION):
            keys = ", ".join(map(str, changed[start : start + PORTION].tolist()))
            rows += self._rows(f" AND {{key}} IN ({keys})")
        return _arrays(rows)

    def _rows(self, condition: str) -> list[tuple[int, int]]:
        """Return (key, signed hash) of the rows that have a hash, past model and managers."""
        connection: BaseDatabaseWrapper = connections[self.using]
        quote = connection.ops.quote_name
        model = self.field.model
        key, column, table = map(quote, (model._meta.pk.column, self.field.column, self._table))
        sql = f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL"
        with connection.cursor() as cursor:
            cursor.execute(sql + condition.format(key=key))
            return cursor.fetchall()


def _arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy().view(np.uint64)


_indexes: dict[tuple[str, str, str, str], LivingIndex] = {}


def index_of(field: PerceptualHashField, using: str) -> LivingIndex:
    """Return this process's index of `field`; the same one each time."""
    # The database's name counts too: tests put another one behind the same alias.
    name = str(connections[using].settings_dict["NAME"])
    identity = (using, name, field.model._meta.db_table, field.column)
    return _indexes.setdefault(identity, LivingIndex(field, using))
