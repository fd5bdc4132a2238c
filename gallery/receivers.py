"""What the gallery takes from a picture while it is decoded for its hashes."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from gallery.models import Image
from gallery.renditions import store_renditions
from gallery.stored_files import remove_files
from hashing.conf import setting
from hashing.decoding import Picture
from hashing.fingerprint import is_informative, is_page


def describe_file(instance: Image, picture: Picture | None, **_: Any) -> None:
    """Set the columns that follow from the file, and make its renditions."""
    if picture is None:
        # What was known of the file before would now be told of another one.
        for name in Image.DESCRIPTION:
            field = Image._meta.get_field(name)
            setattr(instance, name, None if field.null else field.get_default())
        return
    instance.format = picture.format
    instance.byte_size = picture.byte_size
    instance.width, instance.height = picture.width, picture.height
    instance.jpeg_quality = picture.jpeg_quality
    instance.sha256 = picture.sha256
    instance.content_digest = picture.content_digest
    instance.is_informative = is_informative(picture)
    instance.is_page = is_page(picture)
    instance.decoding = setting("DECODE") if picture.is_reduced else "exact"
    if (taken_at := picture.taken_at) and timezone.is_naive(taken_at):
        # Cameras write the time on their own clock and seldom where that clock stood.
        taken_at = timezone.make_aware(taken_at)
    instance.taken_at = taken_at
    store_renditions(instance, picture)


def remove_deleted(instance: Image, using: str, **_: Any) -> None:
    """Remove the files of a deleted row, once it is certain that it is deleted."""
    transaction.on_commit(lambda: _remove(instance, using), using=using)


def _remove(image: Image, using: str) -> None:
    if Image.objects.using(using).filter(file=image.file.name).exists():
        image.file = None  # another row has the same original
    remove_files(image)
