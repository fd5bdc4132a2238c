"""What matching needs of the rows of a model with small and large hashes of its pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from hashing.exceptions import NoHash
from hashing.fields import PerceptualHashField, hash_fields
from hashing.fingerprints import Framing
from hashing.index import LivingIndex, State, index_of
from hashing.matching import Stored, Subject
from hashing.search import HammingIndex

SMALL, LARGE = "phash", "dct256"


@dataclass(frozen=True)
class MatchFields:
    """The hash fields of one file that tell the same picture, by framing."""

    small: dict[Framing, PerceptualHashField]
    large: dict[Framing, PerceptualHashField]

    @classmethod
    @cache
    def of(cls, model: type[models.Model]) -> Self:
        """Return the fields of the first file of `model` that has them; ValueError if none has."""
        for source in dict.fromkeys(field.source for field in hash_fields(model)):
            fields = [field for field in hash_fields(model) if field.source == source]
            small, large = (
                {field.framing: field for field in fields if field.algorithm_name == name}
                for name in (SMALL, LARGE)
            )
            if Framing.WHOLE in small and Framing.WHOLE in large:
                return cls({f: small[f] for f in Framing if f in small and f in large}, large)
        raise ValueError(
            f"{model.__name__} cannot be matched: it needs hash fields made by {SMALL!r} and "
            f"{LARGE!r} of the same file."
        )


def subject_of(instance: models.Model) -> Subject:
    """Return what is known of `instance`; raises NoHash if it was never hashed."""
    fields = MatchFields.of(type(instance))
    small, large = (
        {
            framing: hash_.value
            for framing, field in some.items()
            if (hash_ := getattr(instance, field.attname)) is not None
        }
        for some in (fields.small, fields.large)
    )
    if Framing.WHOLE not in small or Framing.WHOLE not in large:
        raise NoHash(
            f"{instance!r} has no hash to match: its file could not be decoded, or is still to "
            "be hashed by hash_images --missing."
        )
    taken_at = _seconds(getattr(instance, "taken_at", None))
    return Subject(small, large, getattr(instance, "is_page", False), taken_at)


def indexes_of(model: type[models.Model], using: str) -> dict[Framing, HammingIndex]:
    """Return the indexes of the small hashes as the connection `using` sees them now."""
    small = MatchFields.of(model).small
    living = {framing: index_of(field, using) for framing, field in small.items()}
    whole = living[Framing.WHOLE]
    state = whole.now()
    return {
        framing: _index_at(index, state) if state is whole.state else index.current()
        for framing, index in living.items()
    }


def _index_at(living: LivingIndex, state: State) -> HammingIndex:
    """Return the index of another column of the table of which `state` is up to date."""
    # All columns share one log: who stands at the same place in it need not ask again.
    known = living.state
    is_level = known and known.cursor and known.cursor == state.cursor
    return known.index if is_level else living.current()


def stored_of(rows: models.QuerySet, keys: Iterable[int] | None = None) -> Stored:
    """
    Return the large hashes of `rows`, without flat pictures, whose hashes say nothing.

    With `keys` only of those.
    """
    large = MatchFields.of(rows.model).large
    names = [field.attname for field in large.values()]
    conditions: dict[str, Any] = {} if keys is None else {"pk__in": keys}
    if _has(rows.model, "is_informative"):
        conditions["is_informative"] = True
    rows = rows.filter(**conditions).order_by()
    facts = [_column(rows.model, "is_page"), _column(rows.model, "taken_at")]
    found = rows.values_list("pk", *facts, *names).iterator(chunk_size=10_000)
    return Stored.of(
        (key, bool(is_page), _seconds(taken_at), _held(large, hashes))
        for key, is_page, taken_at, *hashes in found
    )


def _column(model: type[models.Model], name: str) -> models.expressions.Combinable:
    """Return what stands for a column that a model may have or not."""
    return models.F(name) if _has(model, name) else models.Value(None, models.BooleanField())


def _held(framings: Iterable[Framing], hashes: Iterable[bytes | None]) -> dict[Framing, bytes]:
    pairs = zip(framings, hashes, strict=True)
    return {framing: bytes(hash_) for framing, hash_ in pairs if hash_ is not None}


def _seconds(moment: Any) -> int | None:
    """Return a date and time as whole seconds; None of anything else."""
    return int(moment.timestamp()) if isinstance(moment, datetime) else None


def _has(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
