"""Which metadata differs between two files of the same pixels."""

from __future__ import annotations

import logging
from typing import Any

from PIL import ExifTags
from PIL import Image as PillowImage

from gallery.models import Image

logger = logging.getLogger("gallery")

Tags = ExifTags.Base
# What people call the tags of EXIF; of a sub-directory all of it.
NAMES = {
    "date": (Tags.DateTime, Tags.DateTimeOriginal, Tags.DateTimeDigitized),
    "GPS": (ExifTags.IFD.GPSInfo,),
    "camera": (Tags.Make, Tags.Model, Tags.LensModel),
    "author": (Tags.Artist, Tags.Copyright),
    "software": (Tags.Software,),
    "description": (Tags.ImageDescription, Tags.UserComment),
}


def metadata_differences(first: Image, second: Image) -> list[str]:
    """Return what differs, in words; nothing if it is none of these, or a file cannot be read."""
    if {first.format, second.format} != {"JPEG"}:
        return []  # to read what a PNG tells of itself all of it has to be decoded
    try:
        ours, theirs = _metadata(first), _metadata(second)
    except Exception as error:
        # Storages and decoders raise what they like, and a page does not depend on this.
        logger.warning("Cannot compare the metadata of %s and %s: %s", first, second, error)
        return []
    return [name for name in ours if ours[name] != theirs[name]]


def _metadata(image: Image) -> dict[str, Any]:
    with (
        image.file.storage.open(image.file.name, "rb") as file,
        PillowImage.open(file, formats=["JPEG"]) as opened,
    ):
        exif = opened.getexif()
        details = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
        details[ExifTags.IFD.GPSInfo] = exif.get_ifd(ExifTags.IFD.GPSInfo)
        told = {name: [details.get(tag) or None for tag in tags] for name, tags in NAMES.items()}
        return told | {
            "comment": opened.info.get("comment"),
            "colour profile": opened.info.get("icc_profile"),
        }
