"""Matches in their table: what has to be there, and how rows get there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from gallery.batches import portions
from gallery.matching.alignments import EQUAL
from gallery.matching.nearest_matches import Link, kept, renewed
from gallery.models import Image, Match, SameKind
from hashing.exceptions import NoHash
from hashing.fingerprints import Alignment
from hashing.matching import Match as Found
from hashing.matching import Stored, all_matches, find_matches
from hashing.model_matching import MatchFields, indexes_of, stored_of, subject_of
from hashing.search import Hashes, Keys

Pair = tuple[int, int]


def links_of(rows: QuerySet[Match]) -> list[Link]:
    """Return `rows` as plain values."""
    fields = ("first_id", "second_id", "kind", *Alignment._fields, "first_keeps", "second_keeps")
    return [
        Link(*row[:3], Alignment.of(*row[3:-2]), *row[-2:])
        for row in rows.order_by().values_list(*fields)
    ]


def renew(changed: Iterable[int]) -> set[int]:
    """
    Renew the matches of pictures that were added, changed or deleted.

    Returns their keys, and those of all pictures that got a match, or lost one, or whose match
    is another one now.
    """
    changed = set(changed)
    stars, old_stars = _stars_of(changed)
    changed |= {link.second for link in stars} ^ {link.second for link in old_stars.values()}
    stored = _links(changed, Q(kind=SameKind.PICTURE))
    # Pictures that have become equal make way for their link in the star.
    _delete(stored[link.pair] for link in stars if link.pair in stored)
    seeds = _store(stars, old_stars)
    search = Search()
    found = search.matches(changed)
    others = {key for pair in stored for key in pair}
    others |= {match.key for matches in found.values() for match in matches}
    stored |= _links(others - changed, Q(kind=SameKind.PICTURE))
    links = renewed(stored.values(), found, search.of, SameKind.PICTURE, Match.MOST)
    return changed | seeds | _store(links, stored)


def all_links() -> list[Link]:
    """Return all matches that there should be, found by one join."""
    rows = Image.objects.order_by("pk").values_list("pk", "sha256", "content_digest")
    stars = _stars(rows.iterator(chunk_size=10_000))
    satellites = np.array([link.second for link in stars], dtype=np.int64)
    fields = MatchFields.of(Image).small
    small = {name: _hashes(field.attname, satellites) for name, field in fields.items()}
    table = all_matches(small, stored_of(Image.objects.all()))
    return [*stars, *kept(table, SameKind.PICTURE, Match.MOST)]


def replace(links: Iterable[Link]) -> None:
    """Store `links` instead of all there are; rows that are as they should be stay as they are."""
    stored = {link.pair: link for link in links_of(Match.objects.all())}
    _store(links, stored)


class Search:
    """Looks for the matches of pictures as they are now."""

    def of(self, key: int) -> list[Found]:
        """Return the matches of one picture, nearest first."""
        return self.matches([key])[key]

    def matches(self, keys: Iterable[int]) -> dict[int, list[Found]]:
        """Return the matches of each picture; none of deleted, flat and second equal ones."""
        found: dict[int, list[Found]] = {key: [] for key in keys}
        for part in portions(list(found)):
            for image in _matchable().filter(pk__in=part):
                found[image.pk] = self._found(image)
        return found

    def _found(self, image: Image) -> list[Found]:
        try:
            subject = subject_of(image)
        except NoHash:
            return []
        matches = find_matches(subject, self._indexes, _fetch, key=image.pk)
        return [match for match in matches if match.key != image.pk]

    @cached_property
    def _indexes(self) -> Mapping[Any, Any]:
        return indexes_of(Image, Image.objects.db)


def _matchable() -> QuerySet[Image]:
    """Return pictures that have matches of their own: not those whose equal stands for them."""
    stars = Match.objects.exclude(kind=SameKind.PICTURE)
    is_represented = Exists(stars.filter(second=OuterRef("pk")))
    return Image.objects.filter(~is_represented, is_informative=True).order_by()


def _fetch(keys: Keys) -> Stored:
    parts = [stored_of(_matchable().filter(pk__in=part)) for part in portions(keys.tolist())]
    return Stored.joined(parts)


def _hashes(name: str, left_out: Keys) -> tuple[Keys, Hashes]:
    """Return keys and values of a hash column, but those of the keys `left_out`."""
    rows = Image.objects.filter(**{f"{name}__isnull": False}, is_informative=True).order_by("pk")
    held = [(key, hash_.value) for key, hash_ in rows.values_list("pk", name).iterator()]
    keys = np.array([key for key, _ in held], dtype=np.int64)
    hashes = np.array([value for _, value in held], dtype=np.uint64)
    wanted = ~np.isin(keys, left_out)
    return keys[wanted], hashes[wanted]


def _stars_of(changed: set[int]) -> tuple[list[Link], dict[Pair, Link]]:
    """Return how the equals of `changed`, now and before, have to be linked, and how they are."""
    is_star = ~Q(kind=SameKind.PICTURE)
    stored = _links(changed, is_star)
    touched = changed | {key for pair in stored for key in pair}
    digests = set(_flat(Image.objects, "content_digest", pk__in=touched)) - {""}
    fields = ("pk", "sha256", "content_digest")
    rows = sorted(_flat(Image.objects, *fields, content_digest__in=digests))
    stored |= _links(touched | {row[0] for row in rows}, is_star)
    return _stars(rows), stored


def _stars(rows: Iterable[tuple[int, str, str]]) -> list[Link]:
    """Link rows of key, file digest and content digest, keys ascending, to the first equal one."""
    centres: dict[str, tuple[int, str]] = {}
    links = []
    for key, sha256, digest in rows:
        centre, centre_sha256 = centres.setdefault(digest, (key, sha256))
        if digest and centre != key:
            kind = SameKind.BYTES if sha256 == centre_sha256 else SameKind.PIXELS
            links.append(Link(centre, key, kind, EQUAL, True, True))
    return links


def _links(keys: Iterable[int], condition: Q) -> dict[Pair, Link]:
    found = {}
    for part in portions(keys):
        rows = Match.objects.filter(condition, Q(first__in=part) | Q(second__in=part))
        found |= {link.pair: link for link in links_of(rows)}
    return found


def _store(wanted: Iterable[Link], stored: Mapping[Pair, Link]) -> set[int]:
    """Write `wanted` in the place of `stored`; returns who has another match now, or none."""
    fresh = {link.pair: link for link in wanted}
    gone = [link for pair, link in stored.items() if fresh.get(pair) != link]
    new = [link for pair, link in fresh.items() if stored.get(pair) != link]
    _delete(gone)
    Match.objects.bulk_create(map(_row, new), batch_size=1000)
    # Which of the two keeps a match is nobody else's business.
    seen = ({(*link.pair, link.kind, link.alignment) for link in links} for links in (gone, new))
    return {key for first, second, *_ in set.symmetric_difference(*seen) for key in (first, second)}


def _row(link: Link) -> Match:
    return Match(
        first_id=link.first,
        second_id=link.second,
        kind=link.kind,
        first_keeps=link.first_keeps,
        second_keeps=link.second_keeps,
        **link.alignment._asdict(),
    )


def _delete(links: Iterable[Link]) -> None:
    seconds: dict[tuple[int, str], list[int]] = defaultdict(list)
    for link in links:
        seconds[link.first, link.kind].append(link.second)
    for (first, kind), keys in seconds.items():
        for part in portions(keys):
            Match.objects.filter(first=first, kind=kind, second__in=part).delete()


def _flat(rows: Any, *fields: str, **filters: Any) -> list[Any]:
    """Return values of rows, which one filter narrows to a list, portion by portion."""
    flat = len(fields) == 1
    ((name, values),) = filters.items()
    return [
        row
        for part in portions(values)
        for row in rows.filter(**{name: part}).order_by().values_list(*fields, flat=flat)
    ]
