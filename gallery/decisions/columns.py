"""Columns of pictures, read and written by decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from gallery.decisions.changes import ColumnChange, ColumnValue
from gallery.decisions.targets import ImageColumn
from gallery.models import Image


def read_columns(targets: Collection[ImageColumn]) -> dict[ImageColumn, ColumnValue]:
    """Return the values of `targets`, without those whose picture has been deleted."""
    names = {target.name for target in targets}
    keys = {target.image for target in targets}
    rows = {row["pk"]: row for row in Image.objects.filter(pk__in=keys).values("pk", *names)}
    return {target: rows[target.image][target.name] for target in targets if target.image in rows}


def write_columns(changes: Collection[ColumnChange]) -> None:
    """Give each column its value after the change, in one query per column and value."""
    keys_of: dict[tuple[str, ColumnValue], list[int]] = defaultdict(list)
    for change in changes:
        keys_of[change.target.name, change.after].append(change.image)
    for (name, value), keys in keys_of.items():
        Image.objects.filter(pk__in=keys).update(**{name: value})
