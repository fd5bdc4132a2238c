"""
Keep the hash fields up to date when instances are saved.

A file that was just assigned, or whose name is not the one that was loaded, is decoded once for
all its hash fields. Any other save opens no file. The receivers are connected to each class as it
is prepared, so they serve proxies, children and the children of abstract models alike.
"""

import logging
from typing import Any, TypeAlias

from django.core.files.storage import Storage
from django.db import models, router, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_init, post_save, pre_save

from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fields import (
    PerceptualHashField,
    add_hashed_by,
    codes_of,
    hash_fields,
    hashed_by_field,
    hashed_files,
    hashes_of,
)
from hashing.fingerprints import PerceptualHash
from hashing.pictures import Picture, decode
from hashing.signals import picture_decoded

logger = logging.getLogger("hashing")

# Notes in an instance's dictionary, beside its fields, by the names of file fields: the file that
# the hashes belong to, and the reason why a file that is being saved has no hashes.
HASHED_FILES, REASONS = "_hashed_files", "_reasons_without_hashes"

Columns: TypeAlias = dict[str, PerceptualHash | str | None]


def bind(sender: type[models.Model], **_: Any) -> None:
    """Prepare `sender`, a model class that Django has just made, if it has hash fields."""
    if sender._meta.abstract or not hash_fields(sender):
        return
    add_hashed_by(sender)
    post_init.connect(remember_files, sender=sender)
    pre_save.connect(hash_files, sender=sender)
    post_save.connect(store_hashes, sender=sender)


def remember_files(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    """Note which files the hashes that were just loaded belong to."""
    # Reading __dict__ leaves deferred fields deferred.
    instance.__dict__[HASHED_FILES] = {
        source: str(instance.__dict__[source] or "")
        for source in hashed_files(sender)
        if source in instance.__dict__
    }


def hash_files(
    sender: type[models.Model],
    instance: models.Model,
    raw: bool,
    update_fields: frozenset[str] | None,
    using: str,
    **_: Any,
) -> None:
    """Decode the files that are new and set their hash fields."""
    if raw:
        return  # fixtures bring their hashes, and perhaps not their files
    for source in _saved_files(instance, update_fields):
        if _is_stale(instance, source, using):
            _announce(instance, source, _picture(instance, source))


def store_hashes(
    sender: type[models.Model],
    instance: models.Model,
    update_fields: frozenset[str] | None,
    using: str,
    **_: Any,
) -> None:
    """Write the hashes that `save(update_fields=["file"])` has left out, and note the files."""
    for source in _saved_files(instance, update_fields):
        columns = _loaded_columns(instance, source)
        unsaved = {
            name: columns[name] for name in columns if name not in (update_fields or columns)
        }
        if unsaved:
            sender._base_manager.using(using).filter(pk=instance.pk).update(**unsaved)
        remember_hashed(instance, source)
        _log_reason(instance, source)


def set_hashes(instance: models.Model, source: str, picture: Picture | None) -> None:
    """Set the hash fields of the file field `source` to those of `picture`; None empties them."""
    fields = hashed_files(type(instance))[source]
    hashes = hashes_of(picture, fields) if picture else {}
    for field in fields:
        setattr(instance, field.attname, hashes.get(field.name))
    if hashed_by := hashed_by_field(type(instance), source):
        setattr(instance, hashed_by.attname, codes_of(fields) if picture else "")


def remember_hashed(instance: models.Model, source: str) -> None:
    """Note that the hashes of `instance` belong to the file that `source` names now."""
    # A new dictionary, because a copy of the instance shares the old one.
    name = str(getattr(instance, source) or "")
    instance.__dict__[HASHED_FILES] = {**_noted(instance, HASHED_FILES), source: name}


def hash_stored(instance: models.Model, source: str) -> bool:
    """
    Hash the stored file in the field `source` of `instance` again, and save the result.

    Saved are the hash fields, and what the receivers of `picture_decoded` and the model's own
    `save(update_fields=[source])` derive from the file. Returns False if the row is gone or has
    another file by now. Raises Refusal, and leaves the row alone, if the file cannot be decoded.
    """
    rehash(instance, source)
    return save_rehashed(instance, source)


def rehash(instance: models.Model, source: str) -> None:
    """
    Do the first half of `hash_stored`: decode the file, and set the fields of `instance`.

    It makes no query, unless a receiver of `picture_decoded` does, so it can run in any thread.
    """
    _announce(instance, source, _decoded(getattr(instance, source)))


def save_rehashed(instance: models.Model, source: str) -> bool:
    """Do the second half of `hash_stored`: save the fields if the row still has that file."""
    model = type(instance)
    using = router.db_for_write(model, instance=instance)
    file: FieldFile = getattr(instance, source)
    with transaction.atomic(using=using):
        row = model._base_manager.using(using).filter(pk=instance.pk, **{source: file.name})
        if not row.select_for_update().values_list("pk").first():
            return False
        instance.save(using=using, update_fields=[source])
    return True


def _saved_files(
    instance: models.Model, update_fields: frozenset[str] | None
) -> dict[str, list[PerceptualHashField]]:
    """Return the hashed file fields that this save writes; deferred ones are unchanged."""
    return {
        source: fields
        for source, fields in hashed_files(type(instance)).items()
        if source in instance.__dict__ and (update_fields is None or source in update_fields)
    }


def _is_stale(instance: models.Model, source: str, using: str) -> bool:
    """Return whether the hashes of `instance` may belong to another file than `source` names."""
    file: FieldFile = getattr(instance, source)
    if file and not _is_stored(file):
        return True
    name, hashed_name = str(file or ""), _noted(instance, HASHED_FILES).get(source)
    if instance._state.adding and file:
        # A new row for a file that is already stored: hash it unless it brings the hashes.
        return _is_unhashed(instance, source) or name != hashed_name
    if name == hashed_name:
        return False
    # Assigned, or refreshed from the database, or deferred until now: the row knows which,
    # and asking it costs less than opening a file.
    row = {source: name, **_loaded_hashes(instance, source)}
    return not type(instance)._base_manager.using(using).filter(pk=instance.pk, **row).exists()


def _is_unhashed(instance: models.Model, source: str) -> bool:
    # Pictures without a frame have no hash of the part inside it.
    whole = [field for field in hashed_files(type(instance))[source] if field.is_whole]
    return any(getattr(instance, field.attname) is None for field in whole)


def _loaded_hashes(instance: models.Model, source: str) -> dict[str, PerceptualHash | None]:
    return {
        field.name: instance.__dict__[field.attname]
        for field in hashed_files(type(instance))[source]
        if field.attname in instance.__dict__
    }


def _loaded_columns(instance: models.Model, source: str) -> Columns:
    """Return the loaded hashes of the file in `source`, and how they were made."""
    columns: Columns = {**_loaded_hashes(instance, source)}
    hashed_by = hashed_by_field(type(instance), source)
    if hashed_by and hashed_by.attname in instance.__dict__:
        columns[hashed_by.name] = instance.__dict__[hashed_by.attname]
    return columns


def _announce(instance: models.Model, source: str, picture: Picture | None) -> None:
    """Set the hashes of the file in `source`, and tell the receivers of its picture."""
    set_hashes(instance, source, picture)
    picture_decoded.send(type(instance), instance=instance, source=source, picture=picture)


def _picture(instance: models.Model, source: str) -> Picture | None:
    """Return the decoded picture of the file in `source`; None if there is none, and note why."""
    file: FieldFile = getattr(instance, source)
    if not file:
        return None
    try:
        return _decoded(file)
    except Refusal as error:
        # A visitor could choose another file; code that saves a row needs the row.
        instance.__dict__[REASONS] = {**_noted(instance, REASONS), source: error.message}
        return None


def _decoded(file: FieldFile) -> Picture:
    return _decoded_in_storage(file) if _is_stored(file) else _decoded_before_storing(file)


def _decoded_before_storing(file: FieldFile) -> Picture:
    content = file.file
    # A form that validated the file by decoding it has left the picture on it.
    picture = getattr(content, "picture", None)
    if isinstance(picture, Picture):
        return picture
    try:
        content.seek(0)
    except (AttributeError, OSError, ValueError) as error:
        raise Refusal(
            "not_seekable", "It comes from a stream that cannot be read twice."
        ) from error
    try:
        return decode(content, decode_options())
    except Refusal:
        raise
    except Exception as error:
        # Django accepts files of text, and any object with a method called read().
        raise Refusal("unreadable", f"The file cannot be read: {error}") from error
    finally:
        content.seek(0)  # it is about to be stored from its beginning


def _decoded_in_storage(file: FieldFile) -> Picture:
    storage: Storage = file.storage
    try:
        with storage.open(str(file.name), "rb") as stored:
            return decode(stored, decode_options())
    except Refusal:
        raise
    except Exception as error:
        # Storages raise whatever their services do; nothing else is common to them.
        raise Refusal("unreadable", f"The stored file cannot be read: {error}") from error


def _is_stored(file: FieldFile) -> bool:
    # Django has no public way to ask; its own FileField.pre_save reads the same attribute.
    return bool(vars(file)["_committed"])


def _noted(instance: models.Model, name: str) -> dict[str, str]:
    notes: dict[str, str] = instance.__dict__.get(name, {})
    return notes


def _log_reason(instance: models.Model, source: str) -> None:
    """Log why the file that was just stored has no hashes, if there is a reason."""
    reasons = dict(_noted(instance, REASONS))
    if reason := reasons.pop(source, None):
        instance.__dict__[REASONS] = reasons
        name = getattr(instance, source).name
        logger.warning(
            "No hashes for %s %s (%s): %s", instance._meta.label, instance.pk, name, reason
        )
