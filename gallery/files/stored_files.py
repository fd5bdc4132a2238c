"""
The stored files of a picture: written before its row, and removed if the row is never written.

A crash in between leaves a file without a row, which `check_integrity` finds; never a row
without its file.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.db import transaction

from gallery.files.file_facts import set_file_columns
from gallery.files.originals import remove_stored, store_original
from gallery.files.renditions import remove_renditions, store_renditions
from gallery.models import Image
from hashing.pictures import Picture
from hashing.receivers import set_hashes

logger = logging.getLogger("gallery")


def write_files(image: Image, file: IO[bytes], picture: Picture) -> None:
    """
    Store `file`, decoded as `picture`, and its renditions as the files of `image`, an unsaved row.

    Sets the hashes and the columns that follow from the file. Sends no query, so it can run in
    any thread and outside the transaction that writes the row. A failure leaves no file behind.
    """
    try:
        set_hashes(image, "file", picture)
        set_file_columns(image, picture)
        store_renditions(image, picture)
        store_original(image, file)
    except BaseException:
        remove_files(image)
        raise


@contextmanager
def kept_with_row(image: Image) -> Iterator[None]:
    """Remove the files of `image` if the block ends without its row in the database."""
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
    Run the block in one transaction; if it is rolled back, remove the files of the listed images.

    Django sends no signal on a rollback, so the block must append each picture that it stores to
    the list.
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
    """Remove the original and the renditions of `image`; failures are logged, not raised."""
    remove_renditions(image)
    if image.file.name:
        remove_stored(image.file.name)


def remove_if_rowless(image: Image) -> None:
    """Remove the files of `image` if it is certain that no row has them."""
    # A connection that breaks during a commit does not say whether the commit succeeded. A file
    # without a row does less harm than a row without a file.
    try:
        is_rowless = not Image._base_manager.filter(public_id=image.public_id).exists()
    except Exception:
        logger.warning("The files of %s may have no row.", image.public_id, exc_info=True)
        return
    if is_rowless:
        remove_files(image)
