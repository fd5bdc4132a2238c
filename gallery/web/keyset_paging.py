"""
Pages of a list that grows at its beginning: each starts where another ended.

A cursor holds the sort keys of the last picture that was seen, so that the next page is the
same whatever was added meanwhile, and costs the same however far one has come.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.db import connections, models
from django.db.models import Q
from django.utils import timezone

# What a cursor may hold: integers that databases keep, and years that no time zone leaves.
MOST = 2**63 - 1
YEARS = range(1826, 9001)
NO_SUCH_PAGE = "This address does not name a page of the list. Start from its first page."


@dataclass(frozen=True)
class Order:
    """
    What a list is sorted by: annotations to make, and names of keys, descending ones with "-".

    The keys together must be different for every row, so the last one is the primary key.
    """

    keys: tuple[str, ...]
    annotations: dict[str, Any] | None = None

    @property
    def names(self) -> list[str]:
        return [key.lstrip("-") for key in self.keys]

    def reversed(self) -> Order:
        keys = tuple(key[1:] if key.startswith("-") else f"-{key}" for key in self.keys)
        return Order(keys, self.annotations)

    def beyond(self, values: Sequence[Any]) -> Q:
        """Return the condition of rows that come after the one with these key values."""
        # Implied by the rest, but databases enter an index only by what stands outside an "or".
        first, value = self.keys[0], values[0]
        bound = Q(**{f"{self.names[0]}__{'lte' if first.startswith('-') else 'gte'}": value})
        condition, equal_so_far = Q(), Q()
        for key, name, value in zip(self.keys, self.names, values, strict=True):
            lookup = "lt" if key.startswith("-") else "gt"
            condition |= equal_so_far & Q(**{f"{name}__{lookup}": value})
            equal_so_far &= Q(**{name: value})
        return bound & condition


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the cursors of the pages beside it, empty where there is none."""

    items: list[Any]
    before: str = ""
    after: str = ""


def page(
    rows: models.QuerySet | Sequence[models.QuerySet],
    order: Order,
    size: int,
    after: str = "",
    before: str = "",
) -> Page:
    """
    Return the `size` rows that follow the cursor `after`, or precede `before`, or are first.

    Several querysets are parts of one list that have the same columns, and no row in common.
    A cursor that this list did not give raises BadRequest.
    """
    backwards = bool(before) and not after
    direction = order.reversed() if backwards else order
    parts = [rows] if isinstance(rows, models.QuerySet) else rows
    parts = [part.annotate(**order.annotations or {}) for part in parts]
    if cursor := after or before:
        parts = [_beyond(part, direction, cursor) for part in parts]
    items = list(joined(parts, direction.keys, size + 1))
    more, items = len(items) > size, items[:size]
    if backwards:
        items.reverse()
    # Whoever came by a cursor came from somewhere, so there is a page in that direction.
    has_previous, has_next = (more, True) if backwards else (bool(after), more)
    return Page(
        items,
        before=cursor_of(items[0], order) if items and has_previous else "",
        after=cursor_of(items[-1], order) if items and has_next else "",
    )


def joined(
    parts: Sequence[models.QuerySet], keys: Sequence[str], count: int | None = None
) -> models.QuerySet:
    """Return the first `count` rows of all `parts` in the order of `keys`, by default all rows."""
    first, *others = parts
    if not others:
        return first.order_by(*keys)[:count]
    if connections[first.db].features.supports_slicing_ordering_in_compound:
        # PostgreSQL would sort all rows of a part; SQLite reads each in order by itself.
        first, *others = (part.order_by(*keys)[:count] for part in parts)
    return first.union(*others, all=True).order_by(*keys)[:count]


def _beyond(rows: models.QuerySet, order: Order, cursor: str) -> models.QuerySet:
    try:
        return rows.filter(order.beyond(_values(rows, order, cursor)))
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError) as error:
        raise BadRequest(NO_SUCH_PAGE) from error


def _values(rows: models.QuerySet, order: Order, cursor: str) -> list[Any]:
    """Return the key values in `cursor`, each of the kind that its key has in the database."""
    values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
    return [
        _checked(_field(rows, name).to_python(_checked(value)))
        for name, value in zip(order.names, values, strict=True)
    ]


def _field(rows: models.QuerySet, name: str) -> models.Field:
    annotation = rows.query.annotations.get(name)
    return annotation.output_field if annotation else rows.model._meta.get_field(name)


def _checked(value: Any) -> Any:
    """Return `value` if every database takes it; anything else is a ValueError."""
    match value:
        case int():
            is_fine = -MOST <= value <= MOST
        case datetime():
            is_fine = timezone.is_aware(value) and value.year in YEARS
        case str():
            value.encode()  # lone surrogates are a UnicodeEncodeError
            is_fine = "\0" not in value
        case _:
            is_fine = False
    if not is_fine:
        raise ValueError("No list gives such a value.")
    return value


def cursor_of(row: models.Model, order: Order) -> str:
    """Return the cursor of the page that follows `row`, which has the keys of `order`."""
    values = [getattr(row, name) for name in order.names]
    # Not by Django's encoder, which drops the microseconds that tell two uploads apart.
    text = json.dumps(values, default=datetime.isoformat, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
