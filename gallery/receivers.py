"""What the gallery takes from a picture while it is decoded for its hashes."""

from typing import Any

from django.db import transaction

from gallery.files import description, remove_files, store_renditions
from gallery.models import Image
from hashing.pictures import Picture


def describe_file(instance: Image, picture: Picture | None, **_: Any) -> None:
    """Set the columns that follow from the file, and make its renditions."""
    if picture is None:
        # What was known of the file before would now be told of another one.
        for name in Image.DESCRIPTION:
            field = Image._meta.get_field(name)
            setattr(instance, name, None if field.null else field.get_default())
        return
    for name, value in description(picture).items():
        setattr(instance, name, value)
    store_renditions(instance, picture)


def remove_deleted(instance: Image, using: str, **_: Any) -> None:
    """Remove the files of a deleted row, once it is certain that it is deleted."""
    transaction.on_commit(lambda: _remove(instance, using), using=using)


def _remove(image: Image, using: str) -> None:
    if Image.objects.using(using).filter(file=image.file.name).exists():
        image.file = None  # another row has the same original
    remove_files(image)
