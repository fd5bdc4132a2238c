"""Columns for the perceptual hashes of a file, and for how they were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import StateApps
from django.db.models.lookups import Lookup

from hashing.fingerprints import VERSION as FRAMINGS_VERSION
from hashing.fingerprints import Algorithm, Framing, PerceptualHash, View, algorithm, views

if TYPE_CHECKING:
    HashColumn = models.Field[PerceptualHash | str | None, PerceptualHash | None]
    TextColumn = models.TextField[str, str]
else:  # Django's fields take no parameters
    HashColumn, TextColumn = models.Field, models.TextField

# Hashes of more bits are stored as bytes.
NUMBER_BITS = 64

# Primary keys whose text in the database is not that in Python; the log could not name them.
KEYS_WITHOUT_TEXT = (
    models.BinaryField,
    models.DateTimeField,
    models.FloatField,
    models.GenericIPAddressField,
    models.JSONField,
    getattr(models, "CompositePrimaryKey", models.BinaryField),  # from Django 5.2
)

BYTES = models.BinaryField()  # knows how each database takes bytes

# Hashes are not ordered, and the text of one has no parts that mean anything.
MEANINGFUL_LOOKUPS = ("exact", "in", "isnull")


class PerceptualHashField(HashColumn):
    """
    The hash of the picture in the file field `source`, computed by `algorithm` on every save.

    In the database a signed BIGINT, or bytes if it has more than 64 bits; in Python a
    PerceptualHash; hex digits in forms, fixtures and JSON. None while there is no file, or none
    that can be decoded. With a `framing` the hash of the part of the picture inside its frame,
    and None for pictures without a frame.

    The model also gets a HashedByField for each source file, unless it declares one itself.
    """

    description = "Perceptual hash of a picture"

    def __init__(
        self,
        *args: Any,
        source: str | None = None,
        algorithm: str = "phash",
        framing: str = Framing.WHOLE,
        version: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.source = source or "file"
        self._is_source_given = source is not None
        self.algorithm_name = algorithm
        self.framing = _framing(framing)
        # A migration pins the version it was written for; models follow the code.
        self.version = version or self._current_version
        super().__init__(*args, **{"null": True, "editable": False, **kwargs})

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        """Join the model `cls`, which can name the source of all its hashes in `hash_source`."""
        if not self._is_source_given:
            self.source = getattr(cls, "hash_source", self.source)
        super().contribute_to_class(cls, name, private_only)

    @property
    def algorithm(self) -> Algorithm:
        return algorithm(self.algorithm_name)

    @property
    def width(self) -> int:
        return self.algorithm.width

    @property
    def is_whole(self) -> bool:
        """Whether every picture has this hash, not only those in a frame."""
        return self.framing == Framing.WHOLE

    @property
    def _current_version(self) -> int:
        # Either number only grows, so their sum is new when one of them is.
        return self.algorithm.version + (0 if self.is_whole else FRAMINGS_VERSION - 1)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        # A change of algorithm or version makes a migration, because the stored hashes cannot be
        # compared with new ones and have to be computed again.
        name, path, args, kwargs = super().deconstruct()
        identity = {
            "source": self.source,
            "algorithm": self.algorithm_name,
            "version": self.version,
        }
        if not self.is_whole:
            identity["framing"] = str(self.framing)
        return name, path, args, {**kwargs, **identity}

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_source(), *self._check_key()]

    def _check_source(self) -> list[checks.CheckMessage]:
        try:
            field = self.model._meta.get_field(self.source)
        except FieldDoesNotExist:
            field = None
        if isinstance(field, models.FileField):
            return []
        return [
            checks.Error(
                f"'source' names {self.source!r}, which is not a FileField of the model.",
                hint="Name the file field: PerceptualHashField(source='file', …).",
                obj=self,
                id="hashing.E001",
            )
        ]

    def _check_key(self) -> list[checks.CheckMessage]:
        key: object = self.model._meta.pk
        while isinstance(key, models.ForeignKey):  # a child's key is a link to its parent
            key = key.target_field
        if not isinstance(key, KEYS_WITHOUT_TEXT):
            return []
        return [
            checks.Error(
                "A model with perceptual hashes cannot have a primary key of the type "
                f"{type(key).__name__}.",
                hint="Use an integer, a UUID or text as the primary key.",
                obj=self,
                id="hashing.E002",
            )
        ]

    @property
    def code(self) -> str:
        """Eight hex digits that stand for everything that two comparable hashes share."""
        identity = f"{self.name} {self.algorithm_name} {self.framing} {self.version}"
        return sha256(identity.encode()).hexdigest()[:8]

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        """Return the lookup; FieldError for lookups of Django's that mean nothing for hashes."""
        lookup = super().get_lookup(lookup_name)
        is_general = lookup is not None and lookup is models.Field.class_lookups.get(lookup_name)
        if is_general and lookup_name not in MEANINGFUL_LOOKUPS:
            raise FieldError(
                f"{self.name!r} holds perceptual hashes, which cannot be filtered by "
                f"{lookup_name!r}, only by {', '.join(map(repr, MEANINGFUL_LOOKUPS))}. "
                "Use similar_to() to find similar pictures."
            )
        return lookup

    def get_internal_type(self) -> str:
        # Stored as a number, but no number to anyone else: sums, ranges and thousands
        # separators, which subclasses of BigIntegerField get, make no sense here.
        return "BigIntegerField" if self.width <= NUMBER_BITS else "BinaryField"

    def from_db_value(self, value: int | bytes | None, *_: Any) -> PerceptualHash | None:
        if value is None:
            return None
        if isinstance(value, int):
            return PerceptualHash.from_signed(value, self.width)
        return PerceptualHash.from_bytes(bytes(value), self.width)

    def to_python(self, value: Any) -> PerceptualHash | None:
        if value is None or isinstance(value, PerceptualHash):
            return value
        try:
            return PerceptualHash.parse(str(value), self.width)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> int | bytes | None:
        # Lookups pass through here too, so hashes can be filtered by value, text or NULL.
        hash_ = self.to_python(value)
        if hash_ is None:
            return None
        return hash_.signed if self.width <= NUMBER_BITS else bytes(hash_)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        if isinstance(value, bytes):
            return BYTES.get_db_prep_value(value, connection, prepared=True)
        return value

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)


class HashedByField(TextColumn):
    """
    How the hashes of the file in the field `source` were made: the code of each hash field.

    A row whose codes are not those of its hash fields was hashed before one of them got another
    algorithm or version. Empty if the hashes came from elsewhere.
    """

    description = "How the perceptual hashes of a file were made"

    def __init__(self, *args: Any, source: str = "file", **kwargs: Any) -> None:
        self.source = source
        # Programs that write rows past Django know nothing of this column.
        super().__init__(*args, **{**_HASHED_BY_OPTIONS, **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        special = {
            key: value
            for key, value in kwargs.items()
            if key not in _HASHED_BY_OPTIONS or value != _HASHED_BY_OPTIONS[key]
        }
        return name, path, args, {**special, "source": self.source}


_HASHED_BY_OPTIONS = {"default": "", "db_default": "", "blank": True, "editable": False}


def add_hashed_by(model: type[models.Model]) -> None:
    """Give `model`, just prepared, a HashedByField for each hashed file that has none yet."""
    # Models of migrations have it if the migrations say so; tables that are not Django's do not.
    if isinstance(model._meta.apps, StateApps) or model._meta.proxy or not model._meta.managed:
        return
    for source in hashed_files(model):
        if hashed_by_field(model, source) is None:
            model.add_to_class(f"{source}_hashed_by", HashedByField(source=source))


def hashed_by_field(model: type[models.Model], source: str) -> HashedByField | None:
    """Return the field of `model` that says how the hashes of the file `source` were made."""
    for field in model._meta.concrete_fields:
        if isinstance(field, HashedByField) and field.source == source:
            return field
    return None


def codes_of(fields: Iterable[PerceptualHashField]) -> str:
    """Return the value of a HashedByField for hashes that `fields` have just made."""
    return " ".join(field.code for field in fields)


def hash_fields(model: type[models.Model]) -> list[PerceptualHashField]:
    """Return the hash fields of `model`, inherited ones too, in their order."""
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, PerceptualHashField)]


def compared_fields(model: type[models.Model]) -> list[PerceptualHashField]:
    """Return the hash fields that `similar_to(by=…)` accepts: those that every picture has."""
    return [field for field in hash_fields(model) if field.is_whole and field.width <= NUMBER_BITS]


def hashed_files(model: type[models.Model]) -> dict[str, list[PerceptualHashField]]:
    """Return the names of the file fields that `model` hashes, each with its hash fields."""
    files: dict[str, list[PerceptualHashField]] = {}
    for field in hash_fields(model):
        files.setdefault(field.source, []).append(field)
    return files


def hashes_of(
    picture: View, fields: Iterable[PerceptualHashField]
) -> dict[str, PerceptualHash | None]:
    """Return the hashes of `picture` by the names of `fields`."""
    fields = list(fields)
    seen = views(picture, {field.framing for field in fields})
    return {
        field.name: field.algorithm(seen[field.framing]) if field.framing in seen else None
        for field in fields
    }


def _framing(name: str) -> Framing:
    try:
        return Framing(name)
    except ValueError:
        names = ", ".join(repr(known.value) for known in Framing)
        raise ValueError(f"Value for 'framing' must be one of: {names}, not {name!r}.") from None
