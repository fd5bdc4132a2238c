"""What the gallery takes from a picture while it is decoded for its hashes."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from gallery.models import Image
from gallery.renditions import rendition_key, rendition_sizes, store_renditions
from hashing.conf import setting
from hashing.decoding import Picture
from hashing.fingerprint import is_informative


def describe_file(instance: Image, picture: Picture, **_: Any) -> None:
    """Set the columns that follow from the file, and make its renditions."""
    instance.format = picture.format
    instance.byte_size = picture.byte_size
    instance.width, instance.height = picture.width, picture.height
    instance.sha256 = picture.sha256
    instance.content_digest = picture.content_digest
    instance.is_informative = is_informative(picture)
    instance.decoding = setting("DECODE") if picture.is_reduced else "exact"
    if (taken_at := picture.taken_at) and timezone.is_naive(taken_at):
        # Cameras write the time on their own clock and seldom where that clock stood.
        taken_at = timezone.make_aware(taken_at)
    instance.taken_at = taken_at
    store_renditions(instance, picture)


def remove_files(instance: Image, using: str, **_: Any) -> None:
    """Remove the files of a deleted row, once it is certain that it is deleted."""
    transaction.on_commit(lambda: _remove(instance, using), using=using)


def _remove(image: Image, using: str) -> None:
    if not Image.objects.using(using).filter(file=image.file.name).exists():
        image.file.storage.delete(image.file.name)
    for size, _ in rendition_sizes(image):
        default_storage.delete(rendition_key(image, size))
