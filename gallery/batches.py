"""Split long streams into batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

# Values that one query can name: SQLite takes at most 32,766 parameters.
QUERY_VALUES = 5000


def in_batches(items: Iterable[Item], size: int = QUERY_VALUES) -> Iterator[list[Item]]:
    """
    Yield `items` in lists of `size`, the last one shorter.

    Never reads ahead of the list that it yields. Lists of the default size fit into one query.
    """
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
