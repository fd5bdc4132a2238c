"""The matcher's view of models: which of their hashes it compares, and how it reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from hashing.exceptions import NoHash
from hashing.fields import PerceptualHashField, hash_fields
from hashing.fingerprints import Framing
from hashing.index import LiveIndex, PrimaryKey, State, index_of, row_keys_of
from hashing.matching import SECOND, Moment, Stored, Subject
from hashing.search import HammingIndex

SMALL, LARGE = "phash", "dct256"
# Other columns that decide what matches, if a model has them.
FACTS = ("is_page", "taken_at", "taken_at_precision")


@dataclass(frozen=True)
class MatchFields:
    """The hash fields of one file that the matcher compares, by framing."""

    small: dict[Framing, PerceptualHashField]
    large: dict[Framing, PerceptualHashField]

    @classmethod
    def of(cls, model: type[models.Model]) -> "MatchFields":
        """Return the fields of the first file of `model` that has them; ValueError if none has."""
        if (fields := _match_fields.get(model)) is None:
            fields = _match_fields[model] = _fields_of(model)
        return fields


_match_fields: dict[type[models.Model], MatchFields] = {}


def subject_of(instance: models.Model) -> Subject:
    """Return the hashes of `instance` as the matcher takes them; NoHash if there are none."""
    fields = MatchFields.of(type(instance))
    small, large = (
        {
            framing: hash_.value
            for framing, field in by_framing.items()
            if (hash_ := getattr(instance, field.attname)) is not None
        }
        for by_framing in (fields.small, fields.large)
    )
    if Framing.WHOLE not in small or Framing.WHOLE not in large:
        raise NoHash(
            f"{instance!r} has no hash to match: its file could not be decoded, or is still to "
            "be hashed by hash_images --missing."
        )
    return Subject(small, large, getattr(instance, "is_page", False), moment_of(instance))


def moment_of(instance: models.Model) -> Moment | None:
    """
    Return when the picture `instance` was taken, None if that is unknown.

    A model says so in the fields `taken_at` and `taken_at_precision` (microseconds), if it has
    them.
    """
    precision = getattr(instance, "taken_at_precision", None)
    return _moment(getattr(instance, "taken_at", None), precision)


def indexes_of(model: type[models.Model], using: str) -> dict[Framing, HammingIndex]:
    """Return the indexes of the small hashes as the connection `using` sees them now."""
    small = MatchFields.of(model).small
    live = {framing: index_of(field, using) for framing, field in small.items()}
    whole = live[Framing.WHOLE]
    state = whole.now()
    return {
        framing: _index_at(index, state) if state is whole.state else index.current()
        for framing, index in live.items()
    }


def stored_of(
    rows: models.QuerySet[models.Model], keys: Iterable[PrimaryKey] | None = None
) -> Stored:
    """
    Return the large hashes of `rows`, or of those with these `keys`.

    Leaves out pictures with too little detail to compare. Rows have their numbers in
    `row_keys_of`, which are their keys if these are integers.
    """
    large = MatchFields.of(rows.model).large
    names = [field.attname for field in large.values()]
    rows = rows if keys is None else rows.filter(pk__in=keys)
    if _has(rows.model, "is_informative"):
        rows = rows.filter(is_informative=True)
    facts = [_column(rows.model, name) for name in FACTS]
    columns = rows.order_by().values_list("pk", *facts, *names).iterator(chunk_size=10_000)
    number = row_keys_of(rows.model, rows.db).number
    return Stored.of(
        (number(key), bool(is_page), _moment(taken_at, precision), _held(large, hashes))
        for key, is_page, taken_at, precision, *hashes in columns
    )


def _fields_of(model: type[models.Model]) -> MatchFields:
    for source in dict.fromkeys(field.source for field in hash_fields(model)):
        fields = [field for field in hash_fields(model) if field.source == source]
        small, large = (
            {field.framing: field for field in fields if field.algorithm_name == name}
            for name in (SMALL, LARGE)
        )
        if Framing.WHOLE in small and Framing.WHOLE in large:
            return MatchFields({f: small[f] for f in Framing if f in small and f in large}, large)
    needed = ", ".join(f"{name} ({framing})" for name in (SMALL, LARGE) for framing in Framing)
    raise ValueError(
        f"{model.__name__} cannot be matched: it needs six hash fields of the same file, made by "
        f"{needed}. Inherit hashing.same_pictures.SamePictureHashes, which declares them."
    )


def _index_at(live: LiveIndex, state: State) -> HammingIndex:
    """Return the index of another column of the table whose `state` is up to date."""
    # All columns share one log: an index at the same position in it needs no refresh.
    own = live.state
    is_level = own is not None and own.cursor is not None and own.cursor == state.cursor
    return own.index if own is not None and is_level else live.current()


def _column(model: type[models.Model], name: str) -> models.F | models.Value:
    """Return the column `name`, or NULL if `model` has none."""
    return models.F(name) if _has(model, name) else models.Value(None, models.BooleanField())


def _held(framings: Iterable[Framing], hashes: Iterable[bytes | None]) -> dict[Framing, bytes]:
    pairs = zip(framings, hashes, strict=True)
    return {framing: bytes(hash_) for framing, hash_ in pairs if hash_ is not None}


def _moment(time: object, precision: int | None) -> Moment | None:
    """Return a date and time as a moment; None for anything else."""
    return Moment.of(time, precision or SECOND) if isinstance(time, datetime) else None


def _has(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
