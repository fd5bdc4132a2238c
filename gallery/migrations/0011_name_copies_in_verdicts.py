"""
Give the verdicts on copies of one content, and the decisions that changed them, the copies' ids.

Pictures that were deleted for ever left no id: what was said of them cannot be bound to their
files any more, and is left out of the decisions, which could not take it back before either.
Backwards the copies get the keys of their pictures again, as far as there are such.
"""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.models import F

PORTION = 500


def name_copies(apps: Apps, _: Any) -> None:
    verdicts = apps.get_model("gallery", "Verdict").objects
    rows = verdicts.filter(first_digest=F("second_digest"), first_copy=None)
    complete = rows.exclude(first=None).exclude(second=None).select_related("first", "second")
    for row in list(complete):
        ends = sorted((row.first, row.second), key=lambda image: str(image.public_id))
        row.first, row.second = ends
        row.first_copy, row.second_copy = (image.public_id for image in ends)
        row.first_file, row.second_file = (image.sha256 for image in ends)
        row.save()
    images = apps.get_model("gallery", "Image").objects
    for decision in _on_copies(apps):
        keys = {key for place, *_ in decision.changes if _is_on_copies(place) for key in place[3:]}
        copies = {row.pk: row for row in images.filter(pk__in=keys)}
        decision.changes = [new for row in decision.changes if (new := _named(row, copies))]
        decision.save(update_fields=["changes"])


def number_copies(apps: Apps, _: Any) -> None:
    verdicts = apps.get_model("gallery", "Verdict").objects
    rows = verdicts.filter(first_digest=F("second_digest")).exclude(first_copy=None)
    key_of: dict[str, int] = {}
    for row in list(rows.exclude(first=None).exclude(second=None)):
        key_of |= {str(row.first_copy): row.first_id, str(row.second_copy): row.second_id}
        row.first_id, row.second_id = sorted((row.first_id, row.second_id))
        row.save()
    images = apps.get_model("gallery", "Image").objects
    for decision in _on_copies(apps, str):
        ids = {
            id_ for place, *_ in decision.changes if _is_on_copies(place, str) for id_ in place[3:]
        }
        here = images.filter(public_id__in=ids - key_of.keys()).values_list("public_id", "pk")
        keys = key_of | {str(id_): key for id_, key in here}
        decision.changes = [new for row in decision.changes if (new := _numbered(row, keys))]
        decision.save(update_fields=["changes"])


def _on_copies(apps: Apps, known_by: type = int) -> Iterator[Any]:
    """Yield the decisions that hold something said of two copies, by keys or by ids as text."""
    decisions = apps.get_model("gallery", "Decision").objects.order_by("pk")
    for decision in decisions.iterator(chunk_size=PORTION):
        if any(_is_on_copies(place, known_by) for place, *_ in decision.changes):
            yield decision


def _is_on_copies(place: list[Any], known_by: type = int) -> bool:
    return place[0] == "verdict" and isinstance(place[3], known_by)


def _named(row: list[Any], copies: dict[int, Any]) -> list[Any] | None:
    """Return a change with ids instead of keys; None if a copy has none any more."""
    (table, *place), before, after = row
    if not _is_on_copies([table, *place]):
        return row
    if not copies.keys() >= set(place[2:]):
        return None
    ends = sorted((copies[key] for key in place[2:]), key=lambda image: str(image.public_id))
    named = {"first": ends[0].pk, "second": ends[1].pk}
    named |= {"first_file": ends[0].sha256, "second_file": ends[1].sha256}
    ids = [str(image.public_id) for image in ends]
    return [[table, *place[:2], *ids], *(value and value | named for value in (before, after))]


def _numbered(row: list[Any], key_of: dict[str, int]) -> list[Any] | None:
    """Return a change with keys instead of ids; None if a copy has no picture."""
    (table, *place), before, after = row
    if not _is_on_copies([table, *place], str):
        return row
    if not key_of.keys() >= set(place[2:]):
        return None
    keys = sorted(key_of[id_] for id_ in place[2:])
    ends = {"first": keys[0], "second": keys[1]}
    return [
        [table, *place[:2], *keys],
        *(value and _plain(value) | ends for value in (before, after)),
    ]


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in value.items() if not name.endswith("_file")}


class Migration(migrations.Migration):
    dependencies = [("gallery", "0010_verdicts_on_copies")]

    operations = [migrations.RunPython(name_copies, number_copies)]
