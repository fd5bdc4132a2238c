"""Takes stock of what an opened file holds besides the pixels that are shown first."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from PIL import ExifTags, Image

from hashing.pictures.animations import Animation, animation
from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.bit_depths import bit_depth
from hashing.pictures.companions import heif_companions, jpeg_companions
from hashing.pictures.holdings import Companion, Holdings
from hashing.pictures.jpeg_stream import jpeg_stream

# Rows whose transparency is looked at together.
STRIP = 256
ITEM_FORMATS = ("AVIF", "HEIF")
# Directories of EXIF, which are tags themselves.
DIRECTORIES = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)


class WalkedJpeg(NamedTuple):
    """What a walk over a JPEG file finds: the digest of its coded pixels, and what comes along."""

    digest: str
    companions: tuple[Companion, ...]


def walked_jpeg(file: BinaryFile, orientation: int) -> WalkedJpeg:
    """Return what is in the JPEG in `file`; its position stays. Raises Refusal."""
    position = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(position)
    stream = jpeg_stream(data, orientation)
    found = jpeg_companions(data[: stream.head_end], data[stream.end :])
    return WalkedJpeg(stream.digest, found)


def holdings(
    image: Image.Image,
    file: BinaryFile,
    exif: Image.Exif,
    colours: str = "",
    companions: tuple[Companion, ...] = (),
) -> Holdings:
    """
    Return what `file` holds, from which `image` was decoded.

    `colours` is the key of its colour space, and `companions` are those of a JPEG, which is walked
    anyway.
    """
    format = str(image.format)
    frames, seconds = _animation(image, file, format)
    return Holdings(
        depth=bit_depth(file, format),
        is_transparent=is_transparent(image),
        colours=colours,
        frames=frames,
        seconds=seconds,
        companions=companions or _item_companions(image, file),
        tags=_count_tags(exif),
        has_xmp=bool(image.info.get("xmp")),
    )


def is_transparent(image: Image.Image) -> bool:
    """Return whether any pixel of `image` is not opaque."""
    if not image.has_transparency_data:
        return False
    # In strips: all at once would be another copy of a large picture.
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        least, _ = strip.convert("RGBA").getchannel("A").getextrema()
        if least != 255:
            return True
    return False


def _animation(image: Image.Image, file: BinaryFile, format: str) -> Animation:
    if format == "AVIF":
        return Animation(getattr(image, "n_frames", 1))
    return animation(file, format)


def _item_companions(image: Image.Image, file: BinaryFile) -> tuple[Companion, ...]:
    if image.format not in ITEM_FORMATS:
        return ()
    position = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(position)
    found = heif_companions(data)
    has_views = image.format == "HEIF" and getattr(image, "n_frames", 1) > 1
    return (*found, Companion.VIEWS) if has_views and Companion.VIEWS not in found else found


def _count_tags(exif: Image.Exif) -> int:
    """Return how many tags have a value; 0 if they are damaged."""
    with suppress(Exception):
        directories = [dict(exif), *(exif.get_ifd(directory) for directory in DIRECTORIES)]
        return sum(
            value not in (None, "", b"") and tag not in DIRECTORIES
            for directory in directories
            for tag, value in directory.items()
        )
    return 0
