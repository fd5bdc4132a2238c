"""Signal receivers: keep columns and stored files in step with saved and deleted rows."""

from typing import Any

from django.db import transaction

from gallery.files import remove_files, remove_renditions, set_file_columns, store_renditions
from gallery.models import Image
from hashing.pictures import Picture


def describe_file(instance: Image, picture: Picture | None, **_: Any) -> None:
    """
    Set the columns that follow from a new file, and store its renditions.

    Called while a row is saved, with its hashes set. Without a `picture`, the file was removed or
    cannot be decoded. Uploads and imports do the same in `gallery.files.write_files`.
    """
    set_file_columns(instance, picture)
    if picture:
        store_renditions(instance, picture)


def remove_deleted(instance: Image, using: str, **_: Any) -> None:
    """Remove the files of a deleted row when the deletion is committed."""
    transaction.on_commit(lambda: _remove(instance, using), using=using)


def _remove(image: Image, using: str) -> None:
    if Image.objects.using(using).filter(file=image.file.name).exists():
        remove_renditions(image)  # another row has the same original
    else:
        remove_files(image)
