"""
Keyset (seek) pagination: each page starts after the last row of another.

A cursor holds the sort keys of one row, signed, so that the next page stays the same when rows
are added before it, and costs the same however deep it lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core.exceptions import BadRequest
from django.core.signing import BadSignature, Signer
from django.db import connections
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")
# The value of a sort key, as a row has it.
SortValue = str | int | datetime

NO_SUCH_PAGE = "This address is not a page of the list. Start from the first page."


@dataclass(frozen=True)
class SortOrder:
    """
    What a list is sorted by: names of sort keys, descending ones with "-", and annotations.

    The keys together must differ for any two rows, so the last one is the primary key.
    """

    keys: tuple[str, ...]
    annotations: Mapping[str, Combinable] | None = None

    @property
    def names(self) -> list[str]:
        """The names of the sort keys, without their directions."""
        return [key.lstrip("-") for key in self.keys]

    def reversed(self) -> SortOrder:
        """Return the same order backwards."""
        keys = tuple(key[1:] if key.startswith("-") else f"-{key}" for key in self.keys)
        return SortOrder(keys, self.annotations)

    def annotated(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Return `rows` with the annotations that this order sorts by."""
        annotated: QuerySet[Row] = rows.annotate(**self.annotations or {})
        return annotated

    def position_of(self, row: Model) -> list[SortValue]:
        """Return the values of the sort keys of `row`."""
        return [getattr(row, name) for name in self.names]

    def beyond(self, values: Sequence[SortValue]) -> Q:
        """Return the condition for rows that come after the one with these key values."""
        # Implied by the rest, but databases only enter an index by a condition outside an "or".
        first, value = self.keys[0], values[0]
        bound = Q(**{f"{self.names[0]}__{'lte' if first.startswith('-') else 'gte'}": value})
        condition, equal_so_far = Q(), Q()
        for key, name, value in zip(self.keys, self.names, values, strict=True):
            lookup = "lt" if key.startswith("-") else "gt"
            condition |= equal_so_far & Q(**{f"{name}__{lookup}": value})
            equal_so_far &= Q(**{name: value})
        return bound & condition


@dataclass(frozen=True)
class KeysetPage(Generic[Item]):
    """Some rows of a list, and the cursors of the pages before and after, "" if there is none."""

    items: list[Item]
    before: str = ""
    after: str = ""


def keyset_page(
    rows: QuerySet[Row] | Sequence[QuerySet[Row]],
    order: SortOrder,
    size: int,
    after: str = "",
    before: str = "",
) -> KeysetPage[Row]:
    """
    Return the `size` rows after the cursor `after`, or before `before`; by default the first.

    Several querysets are parts of one list: they have the same columns and no row in common.
    Raises BadRequest for a cursor that no list in this order has given.
    """
    backwards = bool(before) and not after
    direction = order.reversed() if backwards else order
    parts = [order.annotated(part) for part in ([rows] if isinstance(rows, QuerySet) else rows)]
    if cursor := after or before:
        beyond = direction.beyond(_read(cursor, order))
        parts = [part.filter(beyond) for part in parts]
    items = list(merged(parts, direction.keys, size + 1))
    has_more, items = len(items) > size, items[:size]
    if backwards:
        items.reverse()
    # A visitor with a cursor came from a page, so there is one in that direction.
    has_previous, has_next = (has_more, True) if backwards else (bool(after), has_more)
    return KeysetPage(
        items,
        before=cursor_of(items[0], order) if items and has_previous else "",
        after=cursor_of(items[-1], order) if items and has_next else "",
    )


def merged(
    parts: Sequence[QuerySet[Row, Item]], keys: Sequence[str], count: int | None = None
) -> QuerySet[Row, Item]:
    """Return the first `count` rows of all `parts` in the order of `keys`; by default all rows."""
    first, *others = parts
    if not others:
        return first.order_by(*keys)[:count]
    if connections[first.db].features.supports_slicing_ordering_in_compound:
        # PostgreSQL would sort all rows of a part; SQLite reads each part in order by itself.
        first, *others = (part.order_by(*keys)[:count] for part in parts)
    return first.union(*others, all=True).order_by(*keys)[:count]


def cursor_of(row: Model, order: SortOrder) -> str:
    """Return the cursor of the page that follows `row`, which has the keys of `order`."""
    # Not by Django's encoder, which drops the microseconds that tell two uploads apart.
    values = [
        value.isoformat() if isinstance(value, datetime) else value
        for value in order.position_of(row)
    ]
    return _signer(order).sign_object(values, compress=True)


def _read(cursor: str, order: SortOrder) -> list[SortValue]:
    """Return the key values in `cursor`; a time is text, which the database field parses."""
    try:
        values: list[SortValue] = _signer(order).unsign_object(cursor)
    except BadSignature as error:
        raise BadRequest(NO_SUCH_PAGE) from error
    return values


def _signer(order: SortOrder) -> Signer:
    """Return the signer of the cursors of one order, which refuses those of any other."""
    return Signer(salt=f"gallery.keyset_paging {' '.join(order.keys)}")
