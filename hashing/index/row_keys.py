"""
Primary keys of any type as the 64-bit integers that indexes and matches work with.

An integer key is its own number. Keys of other types (UUIDs, text, dates) are numbered by each
process in the order in which it meets them; the numbers mean nothing to other processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from django.db import connections, models

from hashing.search import Keys

PrimaryKey: TypeAlias = Any  # of whatever type the model's key is


class RowKeys:
    """The primary keys of one table, which are integers, and their numbers, which are the same."""

    are_integers = True

    def numbers(self, keys: Sequence[PrimaryKey]) -> Keys:
        """Return the numbers of `keys`, in their order, shape (n,)."""
        return np.array(keys, dtype=np.int64)

    def keys(self, numbers: Keys) -> list[PrimaryKey]:
        """Return the keys that have these `numbers`, in their order."""
        keys: list[PrimaryKey] = numbers.tolist()
        return keys

    def number(self, key: PrimaryKey) -> int:
        """Return the number of `key`."""
        return int(key)

    def number_of(self, instance: models.Model) -> int:
        """Return the number of the row of `instance`; 0 if it has none."""
        return int(instance.pk or 0)

    def read(self, texts: Iterable[PrimaryKey]) -> Keys:
        """Return the numbers of keys as the change log has them."""
        return np.array(list(texts), dtype=np.int64)


class NumberedKeys(RowKeys):
    """
    The primary keys of one table that are not integers, numbered from 1.

    >>> keys = NumberedKeys(models.CharField(primary_key=True))
    >>> keys.numbers(["red", "blue", "red"]).tolist()
    [1, 2, 1]
    >>> keys.keys(np.array([2]))
    ['blue']
    """

    are_integers = False

    def __init__(self, field: models.Field[Any, Any]) -> None:
        self._field = field
        self._numbers: dict[PrimaryKey, int] = {}
        self._keys: list[PrimaryKey] = [None]  # 0 is the number of no row
        self._lock = Lock()

    def numbers(self, keys: Sequence[PrimaryKey]) -> Keys:
        """Return the numbers of `keys`, in their order, shape (n,); new keys get new numbers."""
        unknown = [key for key in keys if key not in self._numbers]
        with self._lock:
            for key in unknown:
                if key not in self._numbers:
                    self._numbers[key] = len(self._keys)
                    self._keys.append(key)
        return np.array([self._numbers[key] for key in keys], dtype=np.int64)

    def keys(self, numbers: Keys) -> list[PrimaryKey]:
        """Return the keys that have these `numbers`, in their order."""
        return [self._keys[number] for number in numbers.tolist()]

    def number(self, key: PrimaryKey) -> int:
        """Return the number of `key`, a new one if it is new."""
        number = self._numbers.get(key)
        return int(self.numbers([key])[0]) if number is None else number

    def number_of(self, instance: models.Model) -> int:
        """Return the number of the row of `instance`; 0 if no such row was ever indexed."""
        return self._numbers.get(self._field.to_python(instance.pk), 0)

    def read(self, texts: Iterable[PrimaryKey]) -> Keys:
        """Return the numbers of keys as the change log has them: written as text."""
        return self.numbers([self._field.to_python(text) for text in texts])


_row_keys: dict[tuple[str, str, str], RowKeys] = {}


def row_keys_of(model: type[models.Model], using: str) -> RowKeys:
    """Return this process's numbers for the primary keys of `model`; the same ones each time."""
    # The database's name counts too: tests put another one behind the same alias.
    name = str(connections[using].settings_dict["NAME"])
    identity = (using, name, model._meta.db_table)
    return _row_keys.setdefault(
        identity, RowKeys() if has_integer_key(model) else NumberedKeys(model._meta.pk)
    )


def has_integer_key(model: type[models.Model]) -> bool:
    """Return whether the primary key of `model`, or the key it links to, is an integer."""
    field = model._meta.pk
    while isinstance(field, models.ForeignKey):  # a child's key is a link to its parent
        field = field.target_field
    return isinstance(field, models.IntegerField)
