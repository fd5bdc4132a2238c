"""The original file of a picture, byte for byte as it was sent."""

import logging
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage

from gallery.models import Image
from hashing.receivers import remember_hashed

logger = logging.getLogger("gallery")

# Extensions of stored originals, by the format that was decoded.
EXTENSIONS = {
    "JPEG": "jpg",
    "PNG": "png",
    "GIF": "gif",
    "WEBP": "webp",
    "AVIF": "avif",
    "HEIF": "heic",
}


def store_original(image: Image, file: IO[bytes]) -> None:
    """
    Store `file` as the original of `image`, whose hashes and columns were set from it.

    An incomplete file is removed if the storage fails.
    """
    field = image.file.field
    file.seek(0)  # decoding has read it
    key = field.generate_filename(image, f"original.{EXTENSIONS[image.format]}")
    try:
        image.file = image.file.storage.save(key, File(file), max_length=field.max_length)
    except BaseException:
        # A full disk keeps the beginning of the file. The key was new, so no other row has it.
        remove_stored(key)
        raise
    # Otherwise saving the row would decode the file again.
    remember_hashed(image, "file")


def open_original(image: Image) -> IO[bytes]:
    """
    Open the original of `image` for reading.

    Raises FileNotFoundError if `image` has no file, and any error of its storage.
    """
    if not image.file.name:
        raise FileNotFoundError(f"The picture {image.public_id} has no file.")
    return image.file.storage.open(image.file.name, "rb")


def remove_stored(key: str) -> None:
    """Delete the file at `key`; a failure is logged, not raised."""
    try:
        default_storage.delete(key)
    except Exception:
        # Storage backends raise errors of any class. This is called while another error is being
        # handled, and that is the one to report.
        logger.warning("%s could not be removed.", key, exc_info=True)
