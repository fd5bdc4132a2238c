"""
The index of a hash column that each process keeps, up to date for every query.

It caches one query. Before each answer it reads the change log from the newest row it knows, and
fetches the changed rows again. If the log was trimmed, emptied or begun again since, it loads the
whole column.

Threads share a state that never changes and is replaced as a whole. Each reader refreshes its own
copy: the log is read after the query arrives. Threads wait for each other only while the whole
column is loaded, because until then none of them has an answer. Changes since the last build are
searched beside the index and merged into it in the background.

Inside an open transaction the answer includes the transaction's own changes, which nobody else
can see. Such an index is used once and never shared, because the transaction can be rolled back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread

from django.db import connections

from hashing.fields import PerceptualHashField
from hashing.index.change_log import Changes, Cursor, changes_since
from hashing.index.column_reader import HashColumn
from hashing.search import HammingIndex

# With more changes than this, if they are a quarter of the table, loading everything is quicker.
MANY = 5000


@dataclass(frozen=True)
class State:
    """An index, and the position in the log up to which it includes all changes."""

    cursor: Cursor | None
    index: HammingIndex
    read_at: float = field(default_factory=time.time)  # seconds since 1970


def _in_background(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


@dataclass
class LiveIndex:
    """The index of the column of `hash_field` in the database `using`."""

    hash_field: PerceptualHashField
    using: str
    run: Callable[[Callable[[], None]], None] = _in_background
    state: State | None = None
    _swapping: Lock = field(default_factory=Lock)
    _loading: Lock = field(default_factory=Lock)
    _merging: Lock = field(default_factory=Lock)

    def current(self) -> HammingIndex:
        """Return an index of what this connection sees now; it never changes afterwards."""
        return self.now().index

    def now(self) -> State:
        """
        Return that index with its position in the log.

        Raises NotMigrated if a table or a column that it needs does not exist yet.
        """
        connection = connections[self.using]
        shared = self.state
        fresh = self._refreshed(shared)
        if connection.in_atomic_block or not connection.get_autocommit():
            return fresh or self._loaded()
        if fresh is None:
            with self._loading:
                # Another thread may have loaded it while this one waited.
                shared = self.state
                fresh = self._refreshed(shared) or self._loaded()
                self._share(shared, fresh)
        elif fresh is not shared:
            self._share(shared, fresh)
        return fresh

    @property
    def is_loading(self) -> bool:
        """Whether a thread is loading the whole column."""
        return self._loading.locked()

    def behind(self) -> int | None:
        """Return how many rows have changed since the last query; None: all have to be loaded."""
        if self.state is None:
            return None
        changes = self._changes(self.state.cursor)
        return len(changes.keys) if changes.is_complete else None

    def _changes(self, cursor: Cursor | None) -> Changes:
        return changes_since(self.hash_field.model, cursor, self.using)

    def _refreshed(self, state: State | None) -> State | None:
        """Return `state` with the changes since; None if everything has to be loaded."""
        if state is None or state.cursor is None:
            return None
        changes = self._changes(state.cursor)
        if not changes.is_complete:
            return None
        if not len(changes.keys):
            return state
        if len(changes.keys) > max(MANY, len(state.index) // 4):
            return None
        entries = HashColumn(self.hash_field, self.using).of(changes.keys)
        return State(changes.cursor, state.index.with_changes(changes.keys, *entries))

    def _loaded(self) -> State:
        # The log first: a commit in between is read twice, never missed.
        cursor = self._changes(None).cursor
        entries = HashColumn(self.hash_field, self.using).everything()
        return State(cursor, HammingIndex.build(*entries))

    def _share(self, shared: State | None, fresh: State) -> None:
        with self._swapping:
            # If another thread swapped first, keep this state private; the next query catches up.
            if self.state is shared:
                self.state = fresh
        if fresh.index.merge_is_due and self._merging.acquire(blocking=False):
            self.run(partial(self._merge, fresh))

    def _merge(self, state: State) -> None:
        try:
            merged = State(state.cursor, state.index.merged(), state.read_at)
            with self._swapping:
                # Changes made during the merge are read from the log again, which does no harm.
                if self.state and _epoch(self.state) == _epoch(state):
                    self.state = merged
        finally:
            self._merging.release()


def _epoch(state: State) -> int | None:
    return state.cursor and state.cursor.epoch


_indexes: dict[tuple[str, str, str, str], LiveIndex] = {}


def index_of(hash_field: PerceptualHashField, using: str) -> LiveIndex:
    """Return this process's index of the column of `hash_field`; the same one each time."""
    # The database's name counts too: tests put another one behind the same alias.
    name = str(connections[using].settings_dict["NAME"])
    table, column = hash_field.model._meta.db_table, str(hash_field.column)
    return _indexes.setdefault((using, name, table, column), LiveIndex(hash_field, using))
