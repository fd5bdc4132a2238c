"""
Opening a file that a stranger sent: refuse what is unsafe, decode the rest once.

The order is that of the cost and the danger: what the header says is checked before a pixel is
decoded, and the picture is whole and upright before anyone looks at it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import SEEK_END
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from hashing.digests import file_digest, jpeg_stream, pixel_digest, truncated
from hashing.exceptions import Refusal

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")

ORIENTATION, EXIF_IFD, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 0x0112, 0x8769, 0x9003, 0x9011
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class DecodeOptions:
    """
    How much may be decoded, and how much has to be.

    A JPEG is decoded at the smallest scale (1, 1/2, 1/4 or 1/8) that leaves `short_side` and
    `long_side` pixels; `short_side=None` decodes every pixel.
    """

    max_pixels: int = 60_000_000
    short_side: int | None = 512
    long_side: int = 0


@dataclass(frozen=True)
class Picture:
    """
    What one decode of one file tells.

    `image` is upright, in RGB, on white, and may be smaller than the file's `width` by `height`
    (upright too). `format` is what the file is, whatever its name says.
    """

    image: Image.Image
    format: str
    width: int
    height: int
    byte_size: int
    sha256: str
    content_digest: str
    taken_at: datetime | None = None

    @property
    def is_reduced(self) -> bool:
        """Whether `image` has fewer pixels than the file."""
        return self.image.size != (self.width, self.height)

    @cached_property
    def gray(self) -> Image.Image:
        """The luminance of `image`, in mode L."""
        return self.image.convert("L")


def decode(file: BinaryIO, options: DecodeOptions | None = None) -> Picture:
    """
    Decode the picture in `file`, a seekable binary file, from its beginning.

    Raises Refusal for whatever is not a whole picture of an allowed format and size.
    """
    options = options or DecodeOptions()
    sha256 = file_digest(file)
    file.seek(0, SEEK_END)
    byte_size = file.tell()
    file.seek(0)
    image = _open(file)
    try:
        _refuse_pixels(image, options)
        if not _is_jpeg(image):
            # PNG decodes when it is asked for its EXIF. What fails then must not pass for
            # broken metadata: a second attempt would find nothing left to decode.
            image.load()
        exif = _exif(image)
        orientation = _orientation(exif)
        width, height = image.size[::-1] if orientation >= 5 else image.size
        digest = _jpeg_digest(file, orientation) if _is_jpeg(image) else None
        upright = _upright(_loaded(image, options), orientation)
        return Picture(
            image=_flattened(upright),
            format="JPEG" if _is_jpeg(image) else str(image.format),
            width=width,
            height=height,
            byte_size=byte_size,
            sha256=sha256,
            content_digest=digest or pixel_digest(upright),
            taken_at=_taken_at(exif),
        )
    except Refusal:
        raise
    except Exception as error:
        # Decoders answer broken files with nearly every exception there is. Whatever it was,
        # there is no whole picture here; the cause stays attached for the log.
        raise _refusal(error) from error


def _open(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refusal("too_many_pixels", "This picture has far more pixels than the limit. "
                      "Make it smaller and try again.") from error  # fmt: skip
    except UnidentifiedImageError as error:
        raise Refusal("not_a_picture", "This file is not a picture we can read. "
                      "Choose a JPEG, PNG, GIF, WebP or AVIF file.") from error  # fmt: skip
    except Exception as error:
        raise _refusal(error) from error


def _refuse_pixels(image: Image.Image, options: DecodeOptions) -> None:
    pixels = image.width * image.height
    if pixels > options.max_pixels:
        raise Refusal(
            "too_many_pixels",
            f"This picture has {pixels / 1e6:.0f} million pixels; the limit is "
            f"{options.max_pixels / 1e6:.0f} million. Make it smaller and try again.",
        )


def _is_jpeg(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO")  # MPO: a JPEG with more pictures behind the first


def _jpeg_digest(file: BinaryIO, orientation: int) -> str:
    position = file.tell()
    file.seek(0)
    digest = jpeg_stream(file.read(), orientation).digest
    file.seek(position)
    return digest


def _loaded(image: Image.Image, options: DecodeOptions) -> Image.Image:
    if options.short_side is not None and _is_jpeg(image):
        short, long = sorted(image.size)
        scale = max(options.short_side / short, options.long_side / long)
        if scale < 1:
            image.draft(None, (int(image.width * scale), int(image.height * scale)))
    image.load()
    return image


def _exif(image: Image.Image) -> Image.Exif:
    # Broken metadata must not cost anyone a good picture.
    with suppress(Exception):
        return image.getexif()
    return Image.Exif()


def _orientation(exif: Image.Exif) -> int:
    with suppress(Exception):
        orientation = exif.get(ORIENTATION, 1)
        return orientation if orientation in UPRIGHT else 1
    return 1


def _taken_at(exif: Image.Exif) -> datetime | None:
    with suppress(Exception):
        details = exif.get_ifd(EXIF_IFD)
        text = str(details[DATE_TIME_ORIGINAL]).strip("\0 ")
        taken_at = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
        with suppress(Exception):
            offset = datetime.strptime(str(details[OFFSET_TIME_ORIGINAL]).strip("\0 "), "%z")
            return taken_at.replace(tzinfo=offset.tzinfo)
        return taken_at
    return None


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def _flattened(image: Image.Image) -> Image.Image:
    """Return `image` in RGB, with what shows through it white."""
    if image.mode.startswith("I"):
        # 16 bits of gray, of which Pillow's own conversion would clip all but the darkest 256.
        levels = np.clip(np.asarray(image).astype(np.int64) >> 8, 0, 255)
        image = Image.fromarray(levels.astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("RGB")


def _refusal(error: Exception) -> Refusal:
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return truncated()
    return Refusal(
        "damaged",
        "This file is damaged and cannot be shown whole. Export it again from where you have it.",
    )
