"""Long streams, a portion at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield `items` in lists of `size`, the last one shorter; nothing is read ahead."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


# Keys that one query asks for.
PORTION = 5000


def portions(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield `values` in lists that are short enough for one query each."""
    rest = iter(values)
    while part := list(islice(rest, PORTION)):
        yield part
