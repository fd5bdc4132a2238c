"""
The index that a process keeps of one hash column, true at every question.

It is a memo of a query. Before each answer the log of changes is read from the newest row that
was known; changed rows are fetched anew. If the log was trimmed, emptied or begun again since, the
whole column is loaded.

Threads share a state that is replaced whole and never changes, so nobody sees half of one, and
whoever reads it brings it up to date for himself: the log is asked after the question was. Threads
wait for one another only while the whole column is loaded, because then nobody has an answer. What
came since the last build is merged in the background, and read beside it meanwhile.

Inside an open transaction the answer includes what the transaction did and nobody may see yet;
such an index is used once and never becomes the shared one, because it may be rolled back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread
from typing import Any

import numpy as np
from django.db import connections

from hashing.fields import PerceptualHashField
from hashing.index.change_log import Cursor, changes_since
from hashing.index.column_reader import HashColumn
from hashing.search import HammingIndex

# Past so many changes, if they are a quarter of the table, it is quicker to load everything.
MANY = 5000


@dataclass(frozen=True)
class State:
    """An index, and the place in the log up to which it includes all changes."""

    cursor: Cursor | None
    index: HammingIndex
    read_at: float = field(default_factory=time.time)


def _epoch(state: State) -> int | None:
    return state.cursor and state.cursor.epoch


def _in_background(work: Callable[[], None]) -> None:
    Thread(target=work, daemon=True).start()


@dataclass
class LivingIndex:
    """The index of the hash column of `field` in the database called `using`."""

    field: PerceptualHashField
    using: str
    run: Callable[[Callable[[], None]], None] = _in_background
    state: State | None = None
    _swapping: Lock = field(default_factory=Lock)
    _loading: Lock = field(default_factory=Lock)
    _merging: Lock = field(default_factory=Lock)

    def current(self) -> HammingIndex:
        """Return an index of what this connection sees now; it stays as it is."""
        return self.now().index

    def now(self) -> State:
        """Return that index, with its place in the log."""
        connection = connections[self.using]
        known = self.state
        fresh = self._refreshed(known)
        if connection.in_atomic_block or not connection.get_autocommit():
            return fresh or self._loaded()
        if fresh is None:
            with self._loading:
                # Whoever waited here finds what another thread has loaded meanwhile.
                known = self.state
                fresh = self._refreshed(known) or self._loaded()
                self._share(known, fresh)
        elif fresh is not known:
            self._share(known, fresh)
        return fresh

    @property
    def is_loading(self) -> bool:
        """Whether a thread loads the whole column just now."""
        return self._loading.locked()

    def behind(self) -> int | None:
        """Return how many rows have changed since the last question; None: all have to be read."""
        if self.state is None:
            return None
        changes = changes_since(self.field.model, self.state.cursor, self.using)
        return len(changes.keys) if changes.is_complete else None

    def _refreshed(self, state: State | None) -> State | None:
        """Return `state` with the changes since; None if everything has to be loaded."""
        if state is None or state.cursor is None:
            return None
        changes = changes_since(self.field.model, state.cursor, self.using)
        if not changes.is_complete:
            return None
        if not len(changes.keys):
            return state
        if len(changes.keys) > max(MANY, len(state.index) // 4):
            return None
        entries = HashColumn(self.field, self.using).of(changes.keys)
        return State(changes.cursor, state.index.with_changes(changes.keys, *entries))

    def _loaded(self) -> State:
        # The log first: what is committed in between is read twice, never missed.
        cursor = changes_since(self.field.model, None, self.using).cursor
        entries = HashColumn(self.field, self.using).everything()
        return State(cursor, HammingIndex.build(*entries))

    def _share(self, known: State | None, fresh: State) -> None:
        with self._swapping:
            # Who comes second keeps his answer to himself; the next question finds the rest.
            if self.state is known:
                self.state = fresh
        if fresh.index.merge_is_due and self._merging.acquire(blocking=False):
            self.run(partial(self._merge, fresh))

    def _merge(self, state: State) -> None:
        try:
            merged = State(state.cursor, state.index.merged(), state.read_at)
            with self._swapping:
                # Changes that came meanwhile are read from the log again, which does no harm.
                if self.state and _epoch(self.state) == _epoch(state):
                    self.state = merged
        finally:
            self._merging.release()


def array_bytes(thing: Any) -> int:
    """Return the bytes of all arrays that an index, or a part of one, holds on to."""
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    parts = thing if isinstance(thing, list | tuple) else getattr(thing, "__dict__", {}).values()
    return sum(array_bytes(part) for part in parts)


_indexes: dict[tuple[str, str, str, str], LivingIndex] = {}


def index_of(field: PerceptualHashField, using: str) -> LivingIndex:
    """Return this process's index of `field`; the same one each time."""
    # The database's name counts too: tests put another one behind the same alias.
    name = str(connections[using].settings_dict["NAME"])
    identity = (using, name, field.model._meta.db_table, field.column)
    return _indexes.setdefault(identity, LivingIndex(field, using))
