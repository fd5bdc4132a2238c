"""The metadata in which two files of the same pixels differ."""

from __future__ import annotations

import logging
from typing import Any

from PIL import ExifTags
from PIL import Image as PillowImage

from gallery.models import Image

logger = logging.getLogger("gallery")

Tags = ExifTags.Base
# EXIF tags under the names that people use; a sub-directory stands for all its tags.
NAMES = {
    "date": (Tags.DateTime, Tags.DateTimeOriginal, Tags.DateTimeDigitized),
    "GPS": (ExifTags.IFD.GPSInfo,),
    "camera": (Tags.Make, Tags.Model, Tags.LensModel),
    "author": (Tags.Artist, Tags.Copyright),
    "software": (Tags.Software,),
    "description": (Tags.ImageDescription, Tags.UserComment),
}


def exif_differences(first: Image, second: Image) -> list[str]:
    """Return the names of metadata in which two files differ; none if a file cannot be read."""
    if {first.format, second.format} != {"JPEG"}:
        return []  # Pillow reads the text of a PNG only by decoding all of it
    try:
        ours, theirs = _metadata(first), _metadata(second)
    except Exception as error:  # noqa: BLE001 (storages and decoders raise any class)
        # Storages and decoders raise errors of any class, and no page should fail because of this.
        logger.warning("Cannot compare the metadata of %s and %s: %s", first, second, error)
        return []
    return [name for name in ours if ours[name] != theirs[name]]


def _metadata(image: Image) -> dict[str, Any]:
    """Return the metadata in the JPEG file of `image` by name, in whatever types EXIF has."""
    with (
        image.file.storage.open(str(image.file.name), "rb") as file,
        PillowImage.open(file, formats=["JPEG"]) as opened,
    ):
        exif = opened.getexif()
        tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
        tags[ExifTags.IFD.GPSInfo] = exif.get_ifd(ExifTags.IFD.GPSInfo)
        named = {name: [tags.get(tag) or None for tag in group] for name, group in NAMES.items()}
        return named | {
            "comment": opened.info.get("comment"),
            "colour profile": opened.info.get("icc_profile"),
        }
