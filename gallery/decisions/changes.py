"""
Values that review changes, each with its place, so that one writer can do and undo.

Places: a column of a picture, a picture on a tag or in an album, the verdict on a pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from gallery import verdicts
from gallery.models import Album, Image, Tag, Verdict

IMAGE, TAG, ALBUM, VERDICT = "image", "tag", "album", "verdict"
ENDS, FILES = verdicts.ENDS, ("first_file", "second_file")
SHELVES = {TAG: Tag, ALBUM: Album}

Place = tuple[Any, ...]


@dataclass(frozen=True)
class Cell:
    """
    One value that changes: at `place`, from `before` to `after`, both as JSON has them.

    Places are ("image", key, column), ("tag" or "album", key of the picture, key of the other)
    with true and false as values, and ("verdict", digest, digest, copy, copy), the smaller digest
    first, the ids of the two copies where the digests are equal, else None; its value is None
    or who said what when, of which two pictures.
    """

    place: Place
    before: Any
    after: Any

    @classmethod
    def of(cls, row: Sequence[Any]) -> Cell:
        place, before, after = row
        return cls(tuple(place), before, after)

    def as_list(self) -> list[Any]:
        return [list(self.place), self.before, self.after]

    @property
    def inverse(self) -> Cell:
        return Cell(self.place, self.after, self.before)

    def after_undo_of(self, undone: Cell | None) -> Cell:
        """Return this change as it is when the one before it at its place was taken back."""
        follows = undone is not None and same(undone.before, self.before)
        return Cell(self.place, undone.after, self.after) if follows else self

    @property
    def table(self) -> str:
        return self.place[0]

    @property
    def image(self) -> int | None:
        """The key of the picture that is changed; None for verdicts, which are of two."""
        return None if self.table == VERDICT else self.place[1]

    @property
    def trashes(self) -> bool:
        return self._is_of_trash and self.after is not None

    @property
    def restores(self) -> bool:
        return self._is_of_trash and self.after is None

    @property
    def _is_of_trash(self) -> bool:
        return self.table == IMAGE and self.place[2] == "trashed_at"


def column(image: Image, name: str, after: Any) -> Cell:
    """Return the change of a column of `image`, which is as the database has it, to `after`."""
    return Cell((IMAGE, image.pk, name), _plain(getattr(image, name)), _plain(after))


def pair_place(first: Image, second: Image) -> Place:
    """Return where the verdict on two pictures stands."""
    a, b = in_order(first, second)
    is_equal = a.content_digest == b.content_digest
    ids = (verdicts.name_of(a), verdicts.name_of(b)) if is_equal else (None, None)
    return (VERDICT, a.content_digest, b.content_digest, *ids)


def in_order(first: Image, second: Image) -> list[Image]:
    """Return two pictures in the order in which a verdict names them."""
    return sorted((first, second), key=lambda one: (one.content_digest, verdicts.name_of(one)))


def standing(cells: Iterable[Cell]) -> list[Cell]:
    """Return those of `cells` whose places still hold what they held `before`."""
    cells = list(cells)
    now = read(cell.place for cell in cells)
    return [cell for cell in cells if cell.place in now and same(now[cell.place], cell.before)]


def read(places: Iterable[Place]) -> dict[Place, Any]:
    """Return what stands at `places`, without those whose picture, tag or album has gone."""
    by_table: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_table[place[0]].append(place)
    found = _read_columns(by_table[IMAGE])
    for table in SHELVES:
        found |= _read_shelves(table, by_table[table])
    return found | _read_verdicts(by_table[VERDICT])


def write(cells: Iterable[Cell]) -> None:
    """Make every place hold what its cell says it becomes, and let the log's followers know."""
    by_table: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_table[cell.table].append(cell)
    _write_columns(by_table[IMAGE])
    for table in SHELVES:
        _write_shelves(table, by_table[table])
    _write_verdicts(by_table[VERDICT])


def lock_images(keys: Iterable[int | None]) -> set[int]:
    """
    Lock those of the pictures that still exist until the transaction ends, and return their keys.

    Rows that name a picture check it at the commit, when they also wait for their place in the
    change log: whoever locks pictures has to be waited for before.
    """
    rows = Image.objects.filter(pk__in=set(keys) - {None}).order_by("pk").select_for_update()
    return set(rows.values_list("pk", flat=True))


def _read_columns(places: list[Place]) -> dict[Place, Any]:
    names = {name for _, _, name in places}
    rows = Image.objects.filter(pk__in={key for _, key, _ in places}).values("pk", *names)
    values = {row["pk"]: row for row in rows}
    return {place: _plain(values[place[1]][place[2]]) for place in places if place[1] in values}


def _write_columns(cells: list[Cell]) -> None:
    keys_of: dict[tuple[str, Any], list[int]] = defaultdict(list)
    for cell in cells:
        _, key, name = cell.place
        keys_of[name, cell.after].append(key)
    for (name, value), keys in keys_of.items():
        value = Image._meta.get_field(name).to_python(value)
        Image.objects.filter(pk__in=keys).update(**{name: value})


def _read_shelves(table: str, places: list[Place]) -> dict[Place, bool]:
    images = {image for _, image, _ in places}
    shelves = {shelf for _, _, shelf in places}
    here = set(Image.objects.filter(pk__in=images).values_list("pk", flat=True))
    there = set(SHELVES[table].objects.filter(pk__in=shelves).values_list("pk", flat=True))
    through = SHELVES[table].images.through.objects.filter(image__in=here)
    on = set(through.values_list("image_id", f"{table}_id"))
    return {
        place: (place[1], place[2]) in on
        for place in places
        if place[1] in here and place[2] in there
    }


def _write_shelves(table: str, cells: list[Cell]) -> None:
    through = SHELVES[table].images.through
    new = [
        through(**{"image_id": cell.place[1], f"{table}_id": cell.place[2]})
        for cell in cells
        if cell.after
    ]
    through.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    images_of: dict[int, list[int]] = defaultdict(list)
    for cell in cells:
        if not cell.after:
            images_of[cell.place[2]].append(cell.place[1])
    for shelf, images in images_of.items():
        through.objects.filter(**{f"{table}_id": shelf, "image__in": images}).delete()


def _read_verdicts(places: list[Place]) -> dict[Place, Any]:
    stored = {place_of(row): _told(row) for row in _rows(places) if not row.is_inferred}
    return {place: stored.get(place) for place in places}


def _write_verdicts(cells: list[Cell]) -> None:
    there = {place_of(row): row for row in _rows([cell.place for cell in cells])}
    gone = [there[c.place].pk for c in cells if c.after is None and c.place in there]
    Verdict.objects.filter(pk__in=gone).delete()
    rows = [_row(cell, there.get(cell.place)) for cell in _with_living_ends(cells)]
    known = [row for row in rows if row.pk]  # storing new ones gives them keys too
    Verdict.objects.bulk_create([row for row in rows if row.pk is None], batch_size=200)
    columns = [*ENDS, *FILES, "kind", "decided_by", "decided_at", "is_inferred"]
    Verdict.objects.bulk_update(known, columns, batch_size=200)
    if equal := [cell.place[1] for cell in cells if cell.place[3]]:
        verdicts.welcome(Image.objects.filter(content_digest__in=equal))
    verdicts.follow(digest for cell in cells for digest in cell.place[1:3])


def _with_living_ends(cells: list[Cell]) -> list[Cell]:
    """Return `cells` that set a verdict, naming only pictures and people that still exist."""
    set_ = [cell for cell in cells if cell.after is not None]
    images = {cell.after[name] for cell in set_ for name in ENDS}
    people = {cell.after["by"] for cell in set_}
    images = lock_images(images)
    people = set(get_user_model().objects.filter(pk__in=people).values_list("pk", flat=True))
    return [
        Cell(
            cell.place,
            cell.before,
            cell.after
            | {name: None for name in ENDS if cell.after[name] not in images}
            | {"by": cell.after["by"] if cell.after["by"] in people else None},
        )
        for cell in set_
    ]


def _rows(places: list[Place]) -> list[Verdict]:
    firsts, seconds = {place[1] for place in places}, {place[2] for place in places}
    return list(Verdict.objects.filter(Q(first_digest__in=firsts, second_digest__in=seconds)))


def place_of(row: Verdict) -> Place:
    """Return where `row` stands."""
    ids = (copy and str(copy) for copy in (row.first_copy, row.second_copy))
    return (VERDICT, row.first_digest, row.second_digest, *ids)


def _told(row: Verdict) -> dict[str, Any]:
    told = {
        "kind": row.kind,
        "by": row.decided_by_id,
        "at": row.decided_at.isoformat(),
        "first": row.first_id,
        "second": row.second_id,
    }
    return told | {name: getattr(row, name) for name in FILES} if row.first_copy else told


def _row(cell: Cell, row: Verdict | None) -> Verdict:
    """Return the row of a verdict as `cell` makes it; an inferred one of the pair gives way."""
    row = row or Verdict(first_digest=cell.place[1], second_digest=cell.place[2])
    row.kind, row.decided_by_id = cell.after["kind"], cell.after["by"]
    row.decided_at = Verdict._meta.get_field("decided_at").to_python(cell.after["at"])
    row.first_id, row.second_id = cell.after["first"], cell.after["second"]
    row.first_copy, row.second_copy = cell.place[3:]
    row.first_file, row.second_file = (cell.after.get(name, "") for name in FILES)
    row.is_inferred = False
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def same(now: Any, then: Any) -> bool:
    """Tell whether two values are one; the pictures a verdict names may have gone meanwhile."""
    if isinstance(now, dict) and isinstance(then, dict):
        return (now["kind"], now["at"]) == (then["kind"], then["at"])
    return now == then
