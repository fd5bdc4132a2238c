"""
Keeping the hash fields true while instances are saved.

A file that was just assigned, or another name than the one that was loaded, is decoded, once
for all fields that hash it; a plain save opens nothing. Receivers are bound to each class as it
is prepared, which reaches proxies, children and the children of abstract bases alike.
"""

import logging
from typing import Any

from django.core.files.storage import Storage
from django.db import models
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_init, post_save, pre_save

from hashing.conf import decode_options
from hashing.decoding import Picture, decode
from hashing.exceptions import Refusal
from hashing.fields import PerceptualHashField, hash_fields
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
        for source in _sources(sender)
        if source in instance.__dict__
    }


def hash_files(
    sender: type[models.Model], instance: models.Model, raw: bool, **_: Any
) -> None:
    """Decode what is new and set the hash fields."""
    if raw:
        return  # fixtures bring their hashes, and perhaps not their files
    for source, fields in _sources(sender).items():
        if _is_stale(instance, source, fields):
            _hash_file(instance, source, fields)


def store_hashes(
    sender: type[models.Model],
    instance: models.Model,
    update_fields: frozenset[str] | None,
    using: str,
    **_: Any,
) -> None:
    """Remember what was hashed, and write what `save(update_fields=["file"])` left out."""
    for source, fields in _sources(sender).items():
        if source not in instance.__dict__:
            continue
        if update_fields is not None and source in update_fields:
            left = {field.attname: getattr(instance, field.attname) for field in fields
                    if field.name not in update_fields}  # fmt: skip
            if left:
                sender._base_manager.using(using).filter(pk=instance.pk).update(**left)
        instance._hashed_files[source] = str(getattr(instance, source) or "")


def _sources(model: type[models.Model]) -> dict[str, list[PerceptualHashField]]:
    sources: dict[str, list[PerceptualHashField]] = {}
    for field in hash_fields(model):
        sources.setdefault(field.source, []).append(field)
    return sources


def _is_stale(instance: models.Model, source: str, fields: list[PerceptualHashField]) -> bool:
    if source not in instance.__dict__:
        return False  # deferred, so it was not touched
    file: FieldFile = getattr(instance, source)
    if file and not file._committed:
        return True
    if instance._state.adding and file:
        # A new row for a file that is already stored: hash it unless the hashes came along.
        return any(getattr(instance, field.attname) is None for field in fields)
    return str(file or "") != instance._hashed_files.get(source)


def _hash_file(instance: models.Model, source: str, fields: list[PerceptualHashField]) -> None:
    file: FieldFile = getattr(instance, source)
    picture = _picture(file) if file else None
    for field in fields:
        setattr(instance, field.attname, field.algorithm(picture) if picture else None)
    if picture:
        picture_decoded.send(type(instance), instance=instance, source=source, picture=picture)


def _picture(file: FieldFile) -> Picture | None:
    """Return the decoded picture; None, and a line in the log, if there is none."""
    # A form that validated the file by decoding it left the picture on it.
    if not file._committed and (picture := getattr(file.file, "picture", None)):
        return picture
    try:
        return _decoded(file)
    except (Refusal, OSError) as error:
        # Code that saves a row is not a visitor who chose a file: the row is worth keeping.
        logger.warning("No hashes for %s: %s", file.name, error)
        return None


def _decoded(file: FieldFile) -> Picture:
    if not file._committed:
        picture = decode(file.file, decode_options())
        file.file.seek(0)  # it is about to be stored from its beginning
        return picture
    storage: Storage = file.storage
    with storage.open(file.name, "rb") as stored:
        return decode(stored, decode_options())
