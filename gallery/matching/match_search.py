"""Search for the matches of pictures as they are now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from gallery.batches import in_batches
from gallery.matching.deep_matches import all_deep_matches, deep_matches
from gallery.matching.equal_contents import IS_STAR
from gallery.models import Image
from gallery.models import Match as MatchRow
from hashing.exceptions import NoHash
from hashing.fingerprints import Framing
from hashing.matching import Match, MatchTable, Stored, all_matches, find_matches
from hashing.model_matching import MatchFields, indexes_of, stored_of, subject_of
from hashing.search import HammingIndex, Hashes, Keys


class MatchSearch:
    """Finds matches through the indexes, which are loaded at the first search."""

    def __init__(self) -> None:
        self._prepared: dict[int, list[Match]] = {}

    def prepare(self, keys: Iterable[int]) -> None:
        """Search the matches of these pictures now, for `matches` to return later."""
        self._prepared |= self._searched(keys)

    def forget(self) -> None:
        """Drop prepared matches that are no longer right."""
        self._prepared.clear()

    def matches_of(self, key: int) -> list[Match]:
        """Return the matches of one picture, nearest first."""
        return self.matches([key])[key]

    def matches(self, keys: Iterable[int]) -> dict[int, list[Match]]:
        """
        Return the matches of each picture, nearest first.

        Pictures that are deleted, flat or represented by one of equal content have none.
        """
        wanted = set(keys)
        others = self._searched(wanted - self._prepared.keys())
        return {key: self._prepared[key] for key in wanted & self._prepared.keys()} | others

    def _searched(self, keys: Iterable[int]) -> dict[int, list[Match]]:
        matches: dict[int, list[Match]] = {key: [] for key in keys}
        for batch in in_batches(list(matches)):
            for image in _matchable().filter(pk__in=batch):
                matches[image.pk] = self._found(image)
            for key, others in _deep_matches(batch).items():
                known = {match.key for match in matches[key]}
                matches[key] += [match for match in others if match.key not in known]
        return matches

    def _found(self, image: Image) -> list[Match]:
        try:
            subject = subject_of(image)
        except NoHash:
            return []
        matches = find_matches(subject, self._indexes, _fetch, key=image.pk)
        return [match for match in matches if match.key != image.pk]

    @cached_property
    def _indexes(self) -> Mapping[Framing, HammingIndex]:
        return indexes_of(Image, Image.objects.db)


def matches_among_all(represented: Iterable[int]) -> Iterator[tuple[int, Match]]:
    """
    Yield the matches among all pictures, found by one join, each with the key of its subject.

    Pictures with the keys `represented` are left out: one of equal content stands for each.
    """
    represented = set(represented)
    table = _joined(represented)
    yield from table
    known = set(zip(table.first.tolist(), table.second.tolist(), strict=True))
    for key, match in all_deep_matches():
        if (key, match.key) not in known and represented.isdisjoint((key, match.key)):
            yield key, match


def _joined(represented: Collection[int]) -> MatchTable:
    left_out = np.fromiter(represented, dtype=np.int64)
    fields = MatchFields.of(Image).small
    small = {framing: _hashes(field.attname, left_out) for framing, field in fields.items()}
    return all_matches(small, stored_of(Image.objects.all()))


def _matchable() -> QuerySet[Image]:
    """Return the pictures that have matches of their own: none represents them."""
    stars = MatchRow.objects.filter(IS_STAR)
    is_represented = Exists(stars.filter(second=OuterRef("pk")))
    return Image.objects.filter(~is_represented, is_informative=True).order_by()


def _deep_matches(keys: Collection[int]) -> dict[int, list[Match]]:
    """Return what only a deeper look has matched, as matches of the pictures `keys`."""
    pairs = list(deep_matches(keys))
    ends = {key for pair in pairs for key in (pair.key, pair.match.key)}
    matchable = set(_matchable().filter(pk__in=ends).values_list("pk", flat=True)) if ends else ends
    matches: dict[int, list[Match]] = {key: [] for key in matchable & set(keys)}
    for key, match in pairs:
        if matchable >= {key, match.key}:
            for end, seen in ((key, match), (match.key, match.swapped(key))):
                if end in matches:
                    matches[end].append(seen)
    return matches


def _fetch(keys: Keys) -> Stored:
    batches = in_batches(keys.tolist())
    return Stored.joined([stored_of(_matchable().filter(pk__in=batch)) for batch in batches])


def _hashes(column: str, left_out: Keys) -> tuple[Keys, Hashes]:
    """Return keys and values of a hash column, shape (n,) each, without the keys `left_out`."""
    rows = Image.objects.filter(**{f"{column}__isnull": False}, is_informative=True).order_by("pk")
    hashed = [(key, hash_.value) for key, hash_ in rows.values_list("pk", column).iterator()]
    keys = np.array([key for key, _ in hashed], dtype=np.int64)
    hashes = np.array([value for _, value in hashed], dtype=np.uint64)
    wanted = ~np.isin(keys, left_out)
    return keys[wanted], hashes[wanted]
