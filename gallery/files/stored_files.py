"""
The files of a picture in the storage: written before its row, removed if the row never comes.

A crash in between leaves a file without a row, which `check_integrity` finds; never a row
without its file.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, transaction

from gallery.files.renditions import rendition_key, rendition_sizes
from gallery.models import Image
from hashing.receivers import hash_files, remember_files

logger = logging.getLogger("gallery")


def write_files(image: Image) -> None:
    """
    Hash the new file of `image`, an unsaved picture, and store it and its renditions.

    Sets the columns that follow from the file. Asks no database, so it may run in any thread,
    and outside of the transaction that writes the row. What fails leaves no file behind.
    """
    try:
        # As a save would; that save finds the hashes set and decodes nothing.
        hash_files(Image, image, raw=False, update_fields=None, using=DEFAULT_DB_ALIAS)
        _write_original(image)
        # Stored under another name than it was hashed by, it is still the same file.
        remember_files(Image, image)
    except BaseException:
        remove_files(image)
        raise


@contextmanager
def kept_with_row(image: Image) -> Iterator[None]:
    """Remove the files of `image` when the block ends without its row in the database."""
    try:
        yield
    except BaseException:
        remove_if_rowless(image)
        raise
    if image.pk is None:
        remove_files(image)


@contextmanager
def kept_together() -> Iterator[list[Image]]:
    """
    Run the block in one transaction; if it is undone, remove the files of the images it listed.

    A database tells nobody of a rollback, so whoever stores several pictures in one transaction
    has to list them here.
    """
    images: list[Image] = []
    try:
        with transaction.atomic():
            yield images
    except BaseException:
        for image in images:
            remove_if_rowless(image)
        raise


def remove_files(image: Image) -> None:
    """Remove the original and the renditions of `image`; what cannot be is left and logged."""
    keys = [rendition_key(image, size) for size, _ in rendition_sizes(image)]
    if image.file and image.file._committed:
        keys.append(image.file.name)
    for key in keys:
        _remove(key)


def remove_if_rowless(image: Image) -> None:
    """Remove the files of `image` if it is certain that no row has them."""
    # A connection that breaks while it commits does not tell whether it did. A file too many
    # does less harm than a row without one.
    try:
        is_rowless = not Image._base_manager.filter(public_id=image.public_id).exists()
    except Exception:
        logger.warning("The files of %s may have no row.", image.public_id, exc_info=True)
        return
    if is_rowless:
        remove_files(image)


def _write_original(image: Image) -> None:
    file = image.file
    key = file.field.generate_filename(image, file.name)
    try:
        name = file.storage.save(key, file.file, max_length=file.field.max_length)
    except BaseException:
        # A disk that is full keeps the beginning. The key was never anyone else's.
        _remove(key)
        raise
    image.file = name  # the name alone: the open file and its pixels are let go


def _remove(key: str) -> None:
    try:
        default_storage.delete(key)
    except Exception:
        # Storages raise whatever their services do. The first failure is the one to report.
        logger.warning("%s could not be removed.", key, exc_info=True)
