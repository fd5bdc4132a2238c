"""
Keeping the hash fields true while instances are saved.

A file that was just assigned, or another name than the one that was loaded, is decoded, once
for all fields that hash it; a plain save opens nothing, nor does one that leaves the file out.
Receivers are bound to each class as it is prepared, which reaches proxies, children and the
children of abstract bases alike.
"""

import logging
from typing import Any

from django.core.files.storage import Storage
from django.db import models, router, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_init, post_save, pre_save

from hashing.conf import decode_options
from hashing.exceptions import Refusal
from hashing.fields import PerceptualHashField, hash_fields, hashed_files, hashes_of
from hashing.fingerprints import PerceptualHash
from hashing.pictures import Picture, decode
from hashing.signals import picture_decoded

logger = logging.getLogger("hashing")


def bind(sender: type[models.Model], **_: Any) -> None:
    """Connect the receivers to `sender`, a model that was just prepared, if it has hash fields."""
    if sender._meta.abstract or not hash_fields(sender):
        return
    post_init.connect(remember_files, sender=sender)
    pre_save.connect(hash_files, sender=sender)
    post_save.connect(store_hashes, sender=sender)


def remember_files(sender: type[models.Model], instance: models.Model, **_: Any) -> None:
    """Note which file the hashes that were just loaded belong to."""
    # Reading __dict__ leaves deferred fields deferred.
    instance._hashed_files = {
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
    """Decode what is new and set the hash fields."""
    if raw:
        return  # fixtures bring their hashes, and perhaps not their files
    for source in _saved_files(instance, update_fields):
        if _is_stale(instance, source, using):
            file: FieldFile = getattr(instance, source)
            _announce(instance, source, _picture(file) if file else None)


def store_hashes(
    sender: type[models.Model],
    instance: models.Model,
    update_fields: frozenset[str] | None,
    using: str,
    **_: Any,
) -> None:
    """Remember what was hashed, and write what `save(update_fields=["file"])` left out."""
    for source, fields in _saved_files(instance, update_fields).items():
        known = _loaded_hashes(instance, fields)
        left = {name: known[name] for name in known if name not in (update_fields or known)}
        if left:
            sender._base_manager.using(using).filter(pk=instance.pk).update(**left)
        remember_hashed(instance, source)


def set_hashes(instance: models.Model, source: str, picture: Picture | None) -> None:
    """Set the hash fields of the file field `source` to those of `picture`; to None without one."""
    fields = hashed_files(type(instance))[source]
    hashes = hashes_of(picture, fields) if picture else {}
    for field in fields:
        setattr(instance, field.attname, hashes.get(field.name))


def remember_hashed(instance: models.Model, source: str) -> None:
    """Note that the hashes of `instance` belong to the file that `source` names now."""
    # A new dictionary, because a copy of the instance shares the old one.
    name = str(getattr(instance, source) or "")
    instance._hashed_files = {**instance._hashed_files, source: name}


def hash_stored(instance: models.Model, source: str) -> bool:
    """
    Hash the stored file in the field `source` of `instance` anew, and save what follows from it.

    What follows are the hash fields, and whatever the receivers of `picture_decoded` and the
    model's own `save(update_fields=[source])` make of it. False if the row has gone, or has got
    another file meanwhile. Raises Refusal, and leaves the row as it was, if the file cannot be
    decoded.
    """
    rehash(instance, source)
    return save_rehashed(instance, source)


def rehash(instance: models.Model, source: str) -> None:
    """
    Do the first half of `hash_stored`: decode, and set what follows on `instance`.

    Asks no database, unless a receiver of `picture_decoded` does, so that it can run in a thread.
    """
    _announce(instance, source, _decoded(getattr(instance, source)))


def save_rehashed(instance: models.Model, source: str) -> bool:
    """Do the second half of `hash_stored`: save what was set, if the row has that file still."""
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
    """Return the file fields that this save writes; deferred ones were not touched."""
    return {
        source: fields
        for source, fields in hashed_files(type(instance)).items()
        if source in instance.__dict__ and (update_fields is None or source in update_fields)
    }


def _is_stale(instance: models.Model, source: str, using: str) -> bool:
    file: FieldFile = getattr(instance, source)
    fields = hashed_files(type(instance))[source]
    if file and not file._committed:
        return True
    if instance._state.adding and file:
        # A new row for a file that is already stored: hash it unless the hashes came along.
        # A framing's hash is missing wherever there is no frame.
        whole = [field for field in fields if field.is_whole]
        missing = any(getattr(instance, field.attname) is None for field in whole)
        return missing or file.name != instance._hashed_files.get(source)
    name = str(file or "")
    if name == instance._hashed_files.get(source):
        return False
    # Assigned, or refreshed from the database, or deferred until now: the row knows which,
    # and asking it costs less than opening a file.
    known = {source: name, **_loaded_hashes(instance, fields)}
    return not type(instance)._base_manager.using(using).filter(pk=instance.pk, **known).exists()


def _loaded_hashes(
    instance: models.Model, fields: list[PerceptualHashField]
) -> dict[str, PerceptualHash | None]:
    return {
        field.name: instance.__dict__[field.attname]
        for field in fields
        if field.attname in instance.__dict__
    }


def _announce(instance: models.Model, source: str, picture: Picture | None) -> None:
    """Set the hashes of the file in `source`, and send what else may follow from `picture`."""
    set_hashes(instance, source, picture)
    picture_decoded.send(type(instance), instance=instance, source=source, picture=picture)


def _picture(file: FieldFile) -> Picture | None:
    """Return the decoded picture; None, and a line in the log, if there is none."""
    # A form that validated the file by decoding it left the picture on it.
    if not file._committed and (picture := getattr(file.file, "picture", None)):
        return picture
    try:
        return _decoded(file)
    except Refusal as error:
        # Code that saves a row is not a visitor who chose a file: the row is worth keeping.
        logger.warning("No hashes for %s: %s", file.name, error)
        return None


def _decoded(file: FieldFile) -> Picture:
    if not file._committed:
        picture = decode(file.file, decode_options())
        file.file.seek(0)  # it is about to be stored from its beginning
        return picture
    storage: Storage = file.storage
    try:
        with storage.open(file.name, "rb") as stored:
            return decode(stored, decode_options())
    except Refusal:
        raise
    except Exception as error:
        # Storages raise whatever their services do; nothing else is common to them.
        raise Refusal("unreadable", f"The stored file cannot be read: {error}") from error
