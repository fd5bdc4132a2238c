"""Long streams, a portion at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield `items` in lists of `size`, the last one shorter; nothing is read ahead."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
