"""The query manager: similarity as one more method of querysets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import Self, TypeVar

import numpy as np
from asgiref.sync import sync_to_async
from django.db import models
from django.db.models import Case, CharField, IntegerField, Q, Value, When

from hashing.conf import setting
from hashing.fields import (
    PerceptualHashField,
    codes_of,
    compared_fields,
    hashed_by_field,
    hashed_files,
)
from hashing.fingerprints import PerceptualHash
from hashing.index import PrimaryKey, QueryPlan, index_of, query_plan, row_keys_of
from hashing.matching import Stored, find_matches
from hashing.model_matching import indexes_of, stored_of, subject_of
from hashing.search import Distances, HammingIndex, Keys
from hashing.subjects import Subject, hashes_of_subject

ModelT = TypeVar("ModelT", bound=models.Model, covariant=True)

# The most keys that one query names; some builds of SQLite take no more than 32,766 values.
MOST_ASKED = 16_000

NOTHING = Q(pk__in=())


class SimilarityQuerySet(models.QuerySet[ModelT]):
    """A queryset of a model with hash fields that finds similar pictures."""

    def similar_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> Self:
        """
        Return the rows within `max_distance` bits of `subject`, nearest first.

        The subject is an instance (never among its own results), a picture (a path, a binary
        file or a PIL image) or a hash (a PerceptualHash, a fingerprint, an ImageHash or hex
        digits). A string of hex digits only is always a hash; use a Path for a file with such a
        name. `by` names a hash field, or several joined by "+", whose distances are added; by
        default the field that is named as HASHING["ALGORITHM"], or the only one there is.

        Every result has `.distance`. There are at most HASHING["MAX_RESULTS"], the nearest ones
        in this queryset; filter before rather than after.

        Raises NoHash for an instance without a hash, Refusal for a file that is not a picture,
        ValueError for an argument out of range, and NotMigrated before `migrate`.
        """
        fields = self._compared_fields(by)
        near = self._near(subject, fields, max_distance)
        if len(near) > setting("MAX_RESULTS"):
            near = self._held(near, fields)
        rows = self.filter(pk__in=list(near)).annotate(distance=_by_key(near))
        return rows.order_by("distance", "pk")

    async def asimilar_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> Self:
        """
        Return what `similar_to` returns, without blocking the event loop.

            async for row in await Photo.objects.asimilar_to(photo):
                ...
        """
        return await sync_to_async(self.similar_to)(subject, by, max_distance)

    def distances_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> dict[PrimaryKey, int]:
        """
        Return the keys and distances of the rows that `similar_to` finds, nearest first.

        This fetches no rows, and rarely makes more than one query.
        """
        fields = self._compared_fields(by)
        return self._held(self._near(subject, fields, max_distance), fields)

    def matches_of(self, instance: models.Model) -> Self:
        """
        Return the rows that show the same picture as `instance`, nearest first.

        They can be scaled, compressed again, turned, mirrored or in a frame. Every result has
        `.distance`, in bits of 256, and its alignment: `.turn` is how `instance` has to be turned
        to become the result, `.framing` what has to be cut from `instance`, and `.other_framing`
        what has to be cut from the result. The results never include `instance` itself, nor
        pictures without detail, whose hashes mean nothing.

        Raises NoHash for an instance without hashes, and ValueError for a model without the hash
        fields of SamePictureHashes.
        """
        subject = subject_of(instance)
        if not getattr(instance, "is_informative", True):
            return self.none()
        indexes = indexes_of(self.model, self.db)
        row_keys = row_keys_of(self.model, self.db)
        number = row_keys.number_of(instance)  # known now, if the instance has a row
        matches = find_matches(
            subject, indexes, lambda numbers: _stored(self, numbers[numbers != number]), number
        )[: setting("MAX_RESULTS")]
        keys = row_keys.keys(np.array([match.key for match in matches], dtype=np.int64))
        annotations = {
            name: _by_key(
                {
                    key: getattr(match.alignment, name)
                    for key, match in zip(keys, matches, strict=True)
                }
            )
            for name in ("distance", "turn", "framing", "other_framing")
        }
        return self.filter(pk__in=keys).annotate(**annotations).order_by("distance", "pk")

    def explain_similar_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> list[QueryPlan]:
        """
        Return how `similar_to` finds its candidates: one plan for each hash that is compared.

        The plans count what the index holds, including rows that are not in this queryset.
        """
        fields = self._compared_fields(by)
        radius = _radius(max_distance, sum(field.width for field in fields))
        hashes = hashes_of_subject(subject, fields)
        return [
            query_plan(field, self.db, hash_, radius)
            for field, hash_ in zip(fields, hashes, strict=True)
        ]

    def hamming_index(self, by: str | None = None) -> HammingIndex:
        """Return the index of one hash field as this connection sees it now."""
        (field,) = self._compared_fields(by)
        return index_of(field, self.db).current()

    def unhashed(self, source: str | None = None) -> Self:
        """
        Return the rows whose file still has to be hashed: in the field `source`, or in any.

        A hash is missing, or was made before its field got another algorithm or version.
        """
        conditions = [
            Q((f"{name}__gt", "")) & (_missing(fields) | outdated(self.model, name))
            for name, fields in hashed_files(self.model).items()
            if source in (None, name)
        ]
        return self.filter(reduce(or_, conditions, NOTHING))

    def _compared_fields(self, by: str | None) -> list[PerceptualHashField]:
        fields = {field.name: field for field in compared_fields(self.model)}
        if not fields:
            raise ValueError(f"{self.model.__name__} has no hash field that can be compared.")
        # One hash field needs no name, whatever it is called.
        name = by or (next(iter(fields)) if len(fields) == 1 else setting("ALGORITHM"))
        names = str(name).replace(" ", "+").split("+")
        if unknown := [name for name in names if name not in fields]:
            raise ValueError(
                f"Value for 'by' must be one of: {', '.join(map(repr, fields))}, "
                f"or several joined by '+', not {unknown[0]!r}."
            )
        return [fields[name] for name in dict.fromkeys(names)]

    def _near(
        self, subject: Subject, fields: list[PerceptualHashField], max_distance: int | None
    ) -> dict[PrimaryKey, int]:
        """Return the keys and distances that the indexes hold near `subject`, nearest first."""
        radius = _radius(max_distance, sum(field.width for field in fields))
        numbers, distances = self._within(fields, hashes_of_subject(subject, fields), radius)
        row_keys = row_keys_of(fields[0].model, self.db)
        if isinstance(subject, fields[0].model):  # proxies and children share its keys
            others = numbers != row_keys.number_of(subject)
            numbers, distances = numbers[others], distances[others]
        nearest = np.lexsort((numbers, distances))
        keys = row_keys.keys(numbers[nearest])
        return dict(zip(keys, distances[nearest].tolist(), strict=True))

    def _within(
        self, fields: list[PerceptualHashField], hashes: list[PerceptualHash], radius: int
    ) -> tuple[Keys, Distances]:
        """Return rows and sums of distances; a row near in sum is near by every hash."""
        parts = [
            index_of(field, self.db).current().within(hash_.value, radius)
            for field, hash_ in zip(fields, hashes, strict=True)
        ]
        numbers, distances = parts[0]
        for more_numbers, more_distances in parts[1:]:
            numbers, first, second = np.intersect1d(
                numbers, more_numbers, assume_unique=True, return_indices=True
            )
            distances = distances[first] + more_distances[second]
        near = distances <= radius
        return numbers[near], distances[near]

    def _held(
        self, near: dict[PrimaryKey, int], fields: list[PerceptualHashField]
    ) -> dict[PrimaryKey, int]:
        """Return the nearest of `near` that are in this queryset, up to MAX_RESULTS."""
        limit, rows = setting("MAX_RESULTS"), self.order_by()
        # The index holds whole tables: a child's rows are only some of its parent's.
        is_child = self.model._meta.concrete_model is not fields[0].model
        if not (self.query.where or is_child):
            return dict(islice(near.items(), limit))
        # Count only rows in this queryset, so that others do not use up the limit.
        held: dict[PrimaryKey, int] = {}
        keys, portion = iter(near), min(2 * limit, MOST_ASKED)
        while len(held) < limit and (asked := list(islice(keys, portion))):
            present = set(rows.filter(pk__in=asked).values_list("pk", flat=True))
            held |= {key: near[key] for key in asked if key in present}
            portion = min(4 * portion, MOST_ASKED)
        return dict(islice(held.items(), limit))


def outdated(model: type[models.Model], source: str) -> Q:
    """Return the condition for rows whose hashes of the file `source` have other codes."""
    hashed_by, fields = hashed_by_field(model, source), hashed_files(model)[source]
    if hashed_by is None:
        return NOTHING
    # Hash fields that were removed since have left their codes behind, which does no harm.
    parts = [Q((f"{hashed_by.name}__contains", field.code)) for field in fields]
    return ~(Q((hashed_by.name, codes_of(fields))) | reduce(and_, parts))


def _missing(fields: list[PerceptualHashField]) -> Q:
    # Pictures without a frame have no hash of the part inside it.
    parts = [Q((f"{field.name}__isnull", True)) for field in fields if field.is_whole]
    return reduce(or_, parts, NOTHING)


def _by_key(values: Mapping[PrimaryKey, int | str]) -> Case | Value:
    """Return an expression for the value of each row's key in `values`."""
    keys_of: dict[int | str, list[PrimaryKey]] = defaultdict(list)
    for key, value in values.items():
        keys_of[value].append(key)
    if not keys_of:
        return Value(0)
    is_text = isinstance(next(iter(keys_of)), str)
    # One When for each value, not for each row: ten times faster for a thousand rows.
    whens = [When(pk__in=keys, then=Value(value)) for value, keys in keys_of.items()]
    return Case(*whens, output_field=CharField() if is_text else IntegerField())


def _stored(rows: SimilarityQuerySet[ModelT], numbers: Keys) -> Stored:
    """Return the large hashes of the `rows` that have these `numbers`, however many."""
    starts = range(0, len(numbers), MOST_ASKED) or [0]
    keys = row_keys_of(rows.model, rows.db).keys(numbers)
    return Stored.joined([stored_of(rows, keys[start : start + MOST_ASKED]) for start in starts])


def _radius(max_distance: int | None, width: int) -> int:
    radius = setting("MAX_DISTANCE") if max_distance is None else max_distance
    if isinstance(radius, bool) or not isinstance(radius, int | np.integer):
        raise ValueError(f"Value for 'max_distance' must be a whole number, not {radius!r}.")
    if not 0 <= radius <= width:
        raise ValueError(f"Value for 'max_distance' must be from 0 to {width}, not {radius}.")
    return int(radius)
