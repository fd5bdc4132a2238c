"""The query manager: similarity as one more verb of a queryset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice
from typing import Any, BinaryIO, Self

import numpy as np
from django.db import models
from django.db.models import Case, CharField, IntegerField, Q, Value, When

from hashing.conf import decode_options, setting
from hashing.exceptions import NoHash
from hashing.fields import PerceptualHashField, compared_fields, hash_fields
from hashing.fingerprints import Alignment, Fingerprint, PerceptualHash, fingerprint
from hashing.index import SearchPlan, index_of, search_plan
from hashing.matching import Stored, find_matches
from hashing.model_matching import indexes_of, stored_of, subject_of
from hashing.search import Distances, HammingIndex, Keys

# Keys that one query asks for; some builds of SQLite take no more than 32,766 values.
MOST_ASKED = 16_000

Subject = models.Model | PerceptualHash | Fingerprint | BinaryIO


class SimilarityQuerySet(models.QuerySet):
    """A queryset of a model with hash fields that can be asked for look-alikes."""

    def similar_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> Self:
        """
        Return what lies within `max_distance` bits of `subject`, nearest first.

        The subject is an instance (never among its own results), a hash, a fingerprint or a
        binary file. `by` names a hash field, or several joined by "+", whose distances are then
        added. Every result has `.distance`. At most HASHING["MAX_RESULTS"] are found, the
        nearest of what this queryset holds; filter before rather than after.

        Raises NoHash for an instance without a hash, ValueError for an argument out of range.
        """
        fields = self._compared_fields(by)
        near = self._near(subject, fields, max_distance)
        if len(near) > setting("MAX_RESULTS"):
            near = self._held(near, fields)
        rows = self.filter(pk__in=list(near)).annotate(distance=_by_key(near))
        return rows.order_by("distance", "pk")

    def distances_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> dict[int, int]:
        """
        Return key and distance of each row that `similar_to` finds, nearest first.

        For whoever counts them: no row is fetched, and hardly ever more than one query is asked.
        """
        fields = self._compared_fields(by)
        return self._held(self._near(subject, fields, max_distance), fields)

    def matches_of(self, instance: models.Model) -> Self:
        """
        Return what is the same picture as `instance`, nearest first, however it was dressed.

        Every result has `.distance`, in bits of 256, and how it differs: `.turn`, by which
        `instance` has to be turned to be it, `.framing`, what has to be cut of `instance`, and
        `.other_framing`, what of the result. `instance` itself is never among them, nor are
        flat pictures, whose hashes say nothing. Raises NoHash for an instance without hashes.
        """
        subject = subject_of(instance)
        if not getattr(instance, "is_informative", True):
            return self.none()
        key = instance.pk or 0
        indexes = indexes_of(self.model, self.db)
        found = find_matches(subject, indexes, lambda keys: _stored(self, keys[keys != key]), key)
        found = found[: setting("MAX_RESULTS")]
        annotations = {
            name: _by_key({match.key: getattr(match.alignment, name) for match in found})
            for name in Alignment._fields
        }
        keys = [match.key for match in found]
        return self.filter(pk__in=keys).annotate(**annotations).order_by("distance", "pk")

    def explain_similar_to(
        self, subject: Subject, by: str | None = None, max_distance: int | None = None
    ) -> list[SearchPlan]:
        """
        Tell how `similar_to` finds its candidates: one plan for each hash that is compared.

        It counts what the index holds, whatever this queryset leaves out.
        """
        fields = self._compared_fields(by)
        radius = _radius(max_distance, sum(field.width for field in fields))
        hashes = _hashes(subject, fields)
        return [
            search_plan(field, self.db, hash_, radius)
            for field, hash_ in zip(fields, hashes, strict=True)
        ]

    def hamming_index(self, by: str | None = None) -> HammingIndex:
        """Return the index of one hash field as this connection sees it now."""
        (field,) = self._compared_fields(by)
        return index_of(field, self.db).current()

    def unhashed(self, source: str | None = None) -> Self:
        """Return rows with a file, in the field `source` or any, of which some hash is missing."""
        missing = Q()
        for field in hash_fields(self.model):
            # A framing's hash is missing wherever there is no frame.
            if field.is_whole and source in (None, field.source):
                # Greater than "" is neither empty nor null.
                missing |= Q(**{f"{field.name}__isnull": True, f"{field.source}__gt": ""})
        return self.filter(missing)

    def _compared_fields(self, by: str | None) -> list[PerceptualHashField]:
        known = {field.name: field for field in compared_fields(self.model)}
        names = str(by or setting("ALGORITHM")).replace(" ", "+").split("+")
        if unknown := [name for name in names if name not in known]:
            raise ValueError(
                f"Value for 'by' must be one of: {', '.join(map(repr, known))}, "
                f"or several joined by '+', not {unknown[0]!r}."
            )
        return [known[name] for name in dict.fromkeys(names)]

    def _near(
        self, subject: Subject, fields: list[PerceptualHashField], max_distance: int | None
    ) -> dict[int, int]:
        """Return what the indexes hold near `subject`: key and distance, nearest first."""
        radius = _radius(max_distance, sum(field.width for field in fields))
        keys, distances = self._within(fields, _hashes(subject, fields), radius)
        if isinstance(subject, fields[0].model):  # proxies and children share its keys
            keys, distances = keys[others := keys != subject.pk], distances[others]
        nearest = np.lexsort((keys, distances))
        return dict(zip(keys[nearest].tolist(), distances[nearest].tolist(), strict=True))

    def _within(
        self, fields: list[PerceptualHashField], hashes: list[PerceptualHash], radius: int
    ) -> tuple[Keys, Distances]:
        """Return keys and sums of distances. Whoever is near in sum is near in every part."""
        parts = [
            index_of(field, self.db).current().within(hash_.value, radius)
            for field, hash_ in zip(fields, hashes, strict=True)
        ]
        keys, distances = parts[0]
        for more_keys, more_distances in parts[1:]:
            keys, here, there = np.intersect1d(
                keys, more_keys, assume_unique=True, return_indices=True
            )
            distances = distances[here] + more_distances[there]
        near = distances <= radius
        return keys[near], distances[near]

    def _held(self, near: dict[int, int], fields: list[PerceptualHashField]) -> dict[int, int]:
        """Return the nearest of `near` that this queryset holds, as many as are answered."""
        limit, rows = setting("MAX_RESULTS"), self.order_by()
        # The index holds whole tables: a child's rows are only some of its parent's.
        is_child = self.model._meta.concrete_model is not fields[0].model
        if not (self.query.where or is_child):
            return dict(islice(near.items(), limit))
        # Count only what this queryset holds: what it leaves out takes nobody's place.
        held: dict[int, int] = {}
        keys, portion = iter(near), min(2 * limit, MOST_ASKED)
        while len(held) < limit and (asked := list(islice(keys, portion))):
            here = set(rows.filter(pk__in=asked).values_list("pk", flat=True))
            held |= {key: near[key] for key in asked if key in here}
            portion = min(4 * portion, MOST_ASKED)
        return dict(islice(held.items(), limit))


def _by_key(values: Mapping[int, int | str]) -> Case | Value:
    """Return an expression that is the value of the row's key."""
    keys_of: dict[int | str, list[int]] = defaultdict(list)
    for key, value in values.items():
        keys_of[value].append(key)
    if not keys_of:
        return Value(0)
    is_text = isinstance(next(iter(keys_of)), str)
    # One When a value, not one a row: ten times faster for a thousand rows.
    whens = [When(pk__in=keys, then=Value(value)) for value, keys in keys_of.items()]
    return Case(*whens, output_field=CharField() if is_text else IntegerField())


def _stored(rows: SimilarityQuerySet, keys: Keys) -> Stored:
    """Return what is stored of `keys` in `rows`, however many they are."""
    starts = range(0, len(keys), MOST_ASKED) or [0]
    portions = [keys[start : start + MOST_ASKED] for start in starts]
    return Stored.joined([stored_of(rows, part.tolist()) for part in portions])


def _radius(max_distance: Any, width: int) -> int:
    if max_distance is None:
        max_distance = setting("MAX_DISTANCE")
    if isinstance(max_distance, bool) or not isinstance(max_distance, int | np.integer):
        raise ValueError(f"Value for 'max_distance' must be a whole number, not {max_distance!r}.")
    if not 0 <= max_distance <= width:
        raise ValueError(f"Value for 'max_distance' must be from 0 to {width}, not {max_distance}.")
    return int(max_distance)


def _hashes(subject: Subject, fields: list[PerceptualHashField]) -> list[PerceptualHash]:
    """Return the subject's hash for each field."""
    if isinstance(subject, PerceptualHash):
        return [_fitting(subject, fields)]
    if isinstance(subject, models.Model):
        hashes = [getattr(subject, field.attname, None) for field in fields]
        if None in hashes:
            raise NoHash(f"{subject!r} has no hash to compare: its file could not be decoded.")
        return hashes
    if not isinstance(subject, Fingerprint) and not hasattr(subject, "read"):
        raise ValueError(
            "Value for 'subject' must be an instance, a PerceptualHash, a Fingerprint "
            f"or a binary file, not {subject!r}."
        )
    if not isinstance(subject, Fingerprint):
        names = [field.algorithm_name for field in fields]
        subject = fingerprint(subject, names, decode_options())
    try:
        return [subject.hashes[field.algorithm_name] for field in fields]
    except KeyError as error:
        raise NoHash(f"The fingerprint has no hash made by {error}.") from error


def _fitting(hash_: PerceptualHash, fields: list[PerceptualHashField]) -> PerceptualHash:
    if len(fields) > 1:
        raise ValueError("One hash can be compared by one field only; give a fingerprint.")
    if hash_.width != fields[0].width:
        raise ValueError(
            f"{fields[0].name!r} holds hashes of {fields[0].width} bits, not {hash_.width}."
        )
    return hash_
