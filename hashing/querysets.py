"""The query manager: similarity as one more verb of a queryset."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, BinaryIO, Self

import numpy as np
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from hashing.conf import decode_options, setting
from hashing.exceptions import NoHash
from hashing.fields import PerceptualHashField, hash_fields
from hashing.fingerprint import Fingerprint, fingerprint
from hashing.hamming_index import HammingIndex
from hashing.index import index_of
from hashing.perceptual_hash import PerceptualHash

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
        radius = _radius(max_distance, sum(field.width for field in fields))
        hashes = _hashes(subject, fields)
        found = _nearest(self._within(fields, hashes, radius))
        if isinstance(subject, fields[0].model):  # proxies and children share its keys
            found.pop(subject.pk, None)
        return self._annotated(self._capped(found, fields))

    def hamming_index(self, by: str | None = None) -> HammingIndex:
        """Return the index of one hash field as this connection sees it now."""
        (field,) = self._compared_fields(by)
        return index_of(field, self.db).current()

    def unhashed(self, source: str | None = None) -> Self:
        """Return rows with a file, in the field `source` or any, of which some hash is missing."""
        missing = Q()
        for field in hash_fields(self.model):
            if source in (None, field.source):
                # Greater than "" is neither empty nor null.
                missing |= Q(**{f"{field.name}__isnull": True, f"{field.source}__gt": ""})
        return self.filter(missing)

    def _compared_fields(self, by: str | None) -> list[PerceptualHashField]:
        known = {field.name: field for field in hash_fields(self.model)}
        names = str(by or setting("ALGORITHM")).replace(" ", "+").split("+")
        if unknown := [name for name in names if name not in known]:
            raise ValueError(
                f"Value for 'by' must be one of: {', '.join(map(repr, known))}, "
                f"or several joined by '+', not {unknown[0]!r}."
            )
        return [known[name] for name in dict.fromkeys(names)]

    def _within(
        self, fields: list[PerceptualHashField], hashes: list[PerceptualHash], radius: int
    ) -> dict[int, int]:
        """Return key → sum of distances. Whoever is near in sum is near in every part."""
        total: dict[int, int] | None = None
        for field, hash_ in zip(fields, hashes, strict=True):
            keys, distances = index_of(field, self.db).current().within(hash_.value, radius)
            part = dict(zip(keys.tolist(), distances.tolist(), strict=True))
            if total is not None:
                part = {key: total[key] + part[key] for key in total.keys() & part.keys()}
            total = part
        return {key: distance for key, distance in (total or {}).items() if distance <= radius}

    def _capped(self, found: dict[int, int], fields: list[PerceptualHashField]) -> dict[int, int]:
        limit = setting("MAX_RESULTS")
        # The index holds whole tables: a child's rows are only some of its parent's.
        is_part = self.query.where or self.model._meta.concrete_model is not fields[0].model
        if len(found) > limit and is_part:
            # Count only what this queryset holds: what it leaves out takes nobody's place.
            held = set(self.order_by().values_list("pk", flat=True))
            found = {key: distance for key, distance in found.items() if key in held}
        return dict(list(found.items())[:limit])

    def _annotated(self, found: dict[int, int]) -> Self:
        by_distance: dict[int, list[int]] = defaultdict(list)
        for key, distance in found.items():
            by_distance[distance].append(key)
        # One When a distance, not one a row: ten times faster for a thousand rows.
        whens = [When(pk__in=keys, then=Value(d)) for d, keys in by_distance.items()]
        distance = Case(*whens, output_field=IntegerField()) if whens else Value(0)
        return (
            self.filter(pk__in=list(found)).annotate(distance=distance).order_by("distance", "pk")
        )


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


def _nearest(found: dict[int, int]) -> dict[int, int]:
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))
