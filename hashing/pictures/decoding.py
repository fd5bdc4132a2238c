"""
Opening a file that a stranger sent: refuse what is unsafe, decode the rest once.

The order is that of the cost and the danger: what the header says is checked before a pixel is
decoded, and the picture is whole and upright before anyone looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from io import SEEK_END
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from hashing.exceptions import Refusal
from hashing.pictures.container_limits import refuse_many_parts
from hashing.pictures.digests import STRIP, file_digest, pixel_digest
from hashing.pictures.exif import (
    exif_of,
    orientation_of,
    profile_of,
    taken_at_of,
    upright,
    upright_extent,
)
from hashing.pictures.identification import identified
from hashing.pictures.jpeg_markers import jpeg_stream, truncated
from hashing.pictures.jpeg_quality import jpeg_quality
from hashing.pictures.memory_budget import MemoryBudget
from hashing.pictures.resampling import Extent, GrayLevels, gray_levels

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF"]
with suppress(ImportError):
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    FORMATS.append("HEIF")

# Pictures that are always decoded in full are hashed in full up to this many times the short side
# that is asked for; a PNG of 60 megapixels would take seconds.
LARGE_FACTOR = 4

# Formats whose decoders take half as much memory and time again, so that they may claim less.
PIXEL_SHARES = {"WEBP": 2 / 3, "AVIF": 2 / 3}

HEIF_BRANDS = {b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")}

# Bytes that a pixel was measured to take at the most, from its decode to the last hash (WebP with
# transparency: the picture, its copy, the white behind it and the result stand side by side).
BYTES_A_PIXEL = 22
# A progressive JPEG is held as coefficients of two bytes, for three colours, at full scale.
BYTES_A_COEFFICIENT_PIXEL = 3 * 2


@dataclass(frozen=True)
class DecodeOptions:
    """
    How much may be decoded, and how much has to be.

    A JPEG is decoded at the smallest scale (1, 1/2, 1/4 or 1/8) that leaves `short_side` and
    `long_side` pixels; `short_side=None` decodes every pixel. Decodes that share a `budget` wait
    for each other rather than take more memory together.
    """

    max_pixels: int = 60_000_000
    short_side: int | None = 512
    long_side: int = 0
    budget: MemoryBudget = field(default_factory=lambda: MemoryBudget(2**63))


@dataclass(frozen=True)
class Picture:
    """
    What one decode of one file tells.

    `image` is upright, in RGB, on white, and may be smaller than the file's `width` by `height`
    (upright too). `format` is what the file is, whatever its name says, and `jpeg_quality`, from 1
    to 100, about how strongly a JPEG was compressed. `extent` is how far the
    picture reaches in `image`: decoders of JPEG give a whole row or column for a part of one, and
    hashes of what was stretched by it would be others.
    """

    image: Image.Image
    format: str
    width: int
    height: int
    byte_size: int
    sha256: str
    content_digest: str
    taken_at: datetime | None = None
    jpeg_quality: int | None = None
    icc_profile: bytes | None = None
    short_side: int | None = None
    extent: Extent | None = None

    @property
    def is_reduced(self) -> bool:
        """Whether hashes look at fewer pixels than the file has."""
        return self.image.size != (self.width, self.height) or self._factor > 1

    @property
    def _factor(self) -> int:
        """By how much `image`, which may serve something else too, is larger than hashes need."""
        if self.short_side is None:
            return 1
        factor = min(self.image.size) // self.short_side
        is_decoded_in_full = self.image.size == (self.width, self.height)
        return 1 if is_decoded_in_full and factor < LARGE_FACTOR else max(1, factor)

    @cached_property
    def gray(self) -> Image.Image:
        """
        The luminance that hashes look at, in mode L: of all pixels, unless there are far too many.

        Bicubic, because a box moves twice as many bits, and Lanczos takes longer and saves none.
        """
        gray = self.image.convert("L")
        if self._factor == 1:
            return gray
        size = (gray.width // self._factor, gray.height // self._factor)
        return gray.resize(size, Image.Resampling.BICUBIC, self.extent, reducing_gap=4.0)

    @cached_property
    def levels(self) -> GrayLevels | None:
        """What gray hashes compare, of a reduced picture; of another they look at `gray`."""
        if not self.is_reduced:
            return None
        if self.extent is None or self._factor > 1:
            return gray_levels(self.gray, (0, 0, *self.gray.size))
        return gray_levels(self.gray, self.extent)


def decode(
    file: BinaryIO, options: DecodeOptions | None = None, *, sha256: str | None = None
) -> Picture:
    """
    Decode the picture in `file`, a seekable binary file, from its beginning.

    Whoever knows the `sha256` of its bytes saves a reading of them.
    Raises Refusal for whatever is not a whole picture of an allowed format and size.
    """
    options = options or DecodeOptions()
    sha256 = sha256 or file_digest(file)
    byte_size = file.seek(0, SEEK_END)
    file.seek(0)
    image = opened(file)
    try:
        _refuse_pixels(image, options)
        with options.budget.reserve(memory(image, options)):
            return _decoded(image, file, sha256, byte_size, options)
    except Refusal:
        raise
    except Exception as error:
        # Decoders answer broken files with nearly every exception there is. Whatever it was,
        # there is no whole picture here; the cause stays attached for the log.
        raise _refusal(error) from error


def decode_luma(
    file: BinaryIO, options: DecodeOptions | None = None
) -> tuple[Image.Image, Mapping[int, Sequence[int]] | None]:
    """
    Return every pixel's luminance just as `file` has it, in mode L, and the tables of a JPEG.

    It is not turned upright, and the levels of a JPEG have not been through colours.
    Raises Refusal as `decode` does.
    """
    options = replace(options or DecodeOptions(), short_side=None)
    image = opened(file)
    try:
        _refuse_pixels(image, options)
        with options.budget.reserve(memory(image, options)):
            if _is_jpeg(image) and image.mode == "RGB":
                image.draft("YCbCr", image.size)
            image.load()
            luma = image.getchannel(0) if image.mode == "YCbCr" else image.convert("L")
        return luma, getattr(image, "quantization", None)
    except Refusal:
        raise
    except Exception as error:
        raise _refusal(error) from error


def _decoded(
    image: Image.Image, file: BinaryIO, sha256: str, byte_size: int, options: DecodeOptions
) -> Picture:
    if not _is_jpeg(image):
        # PNG decodes when it is asked for its EXIF. What fails then must not pass for
        # broken metadata: a second attempt would find nothing left to decode.
        image.load()
    exif = exif_of(image)
    orientation = orientation_of(exif)
    width, height = image.size[::-1] if orientation >= 5 else image.size
    digest = _content_digest(image, file, sha256, orientation)
    pixels, extent = _loaded(image, options)
    extent = upright_extent(extent, pixels.size, orientation)
    pixels = upright(pixels, orientation)
    return Picture(
        image=_flattened(pixels),
        format="JPEG" if _is_jpeg(image) else str(image.format),
        width=width,
        height=height,
        byte_size=byte_size,
        sha256=sha256,
        content_digest=digest or pixel_digest(pixels),
        taken_at=taken_at_of(exif),
        jpeg_quality=jpeg_quality(getattr(image, "quantization", None)),
        icc_profile=profile_of(image),
        short_side=options.short_side,
        extent=extent,
    )


def opened(file: BinaryIO) -> Image.Image:
    """Return the picture in `file`, of which only the header was read yet, or raise Refusal."""
    refuse_many_parts(file)
    try:
        return identified(file, FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels("far more pixels than the limit") from error
    except UnidentifiedImageError as error:
        raise _unknown(file) from error
    except Exception as error:
        raise _refusal(error) from error


def _refuse_pixels(image: Image.Image, options: DecodeOptions) -> None:
    share = PIXEL_SHARES.get(str(image.format), 1.0)
    millions, limit = image.width * image.height / 1e6, share * options.max_pixels / 1e6
    if millions > limit:
        raise _too_many_pixels(f"{millions:.0f} million pixels; the limit is {limit:.0f} million")


def format_labels() -> list[str]:
    """Return what people call the formats that can be read here."""
    return [{"WEBP": "WebP", "HEIF": "HEIC"}.get(name, name) for name in FORMATS]


def memory(image: Image.Image, options: DecodeOptions) -> int:
    """Return how many bytes decoding `image`, just opened, takes at most, judged by its header."""
    pixels = image.width * image.height
    if not _is_jpeg(image):
        return BYTES_A_PIXEL * pixels
    held = BYTES_A_COEFFICIENT_PIXEL * pixels if image.info.get("progressive") else 0
    # Decoders of JPEG divide the sides by 1, 2, 4 or 8, and stay above what is asked for.
    divisor = next(n for n in (8, 4, 2, 1) if n * _scale(image, options) <= 1)
    return held + BYTES_A_PIXEL * pixels // divisor**2


def _is_jpeg(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO")  # MPO: a JPEG with more pictures behind the first


def _content_digest(
    image: Image.Image, file: BinaryIO, sha256: str, orientation: int
) -> str | None:
    """Return the digest of what `file` shows; None if its pixels have to tell."""
    if _is_jpeg(image):
        return _jpeg_digest(file, orientation)
    if getattr(image, "is_animated", False):
        return f"file1:{sha256}"  # only the first frame is decoded, and that is not all of it
    return None


def _jpeg_digest(file: BinaryIO, orientation: int) -> str:
    position = file.tell()
    file.seek(0)
    digest = jpeg_stream(file.read(), orientation).digest
    file.seek(position)
    return digest


def _loaded(image: Image.Image, options: DecodeOptions) -> tuple[Image.Image, Extent]:
    """Return the decoded `image`, and how far the picture reaches in it."""
    drafted = None
    if _is_jpeg(image) and (scale := _scale(image, options)) < 1:
        drafted = image.draft(None, (int(image.width * scale), int(image.height * scale)))
    image.load()
    return image, drafted[1] if drafted else (0, 0, *image.size)


def _scale(image: Image.Image, options: DecodeOptions) -> float:
    """Return the scale at which the sides of `image` are as long as `options` want them."""
    if options.short_side is None:
        return 1.0
    short, long = sorted(image.size)
    return min(1.0, max(options.short_side / short, options.long_side / long))


def _flattened(image: Image.Image) -> Image.Image:
    """Return `image` in RGB, with what shows through it white."""
    if not image.has_transparency_data and not image.mode.startswith("I"):
        # A copy takes as long as all hashes; a file with more frames would stay open without one.
        is_free = image.mode == "RGB" and getattr(image, "fp", None) is None
        return image if is_free else image.convert("RGB")
    # In strips, because each step at once would be one more copy of a large picture.
    flat = Image.new("RGB", image.size)
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        flat.paste(_on_white(strip), (0, top))
    return flat


def _on_white(image: Image.Image) -> Image.Image:
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


def _unknown(file: BinaryIO) -> Refusal:
    file.seek(4)
    if file.read(8) in HEIF_BRANDS:
        return Refusal(
            "no_heif",
            "This site cannot read HEIC pictures. Export it as a JPEG and try again.",
        )
    *names, last = format_labels()
    return Refusal(
        "not_a_picture",
        f"This file is not a picture we can read. Choose a {', '.join(names)} or {last} file.",
    )


def _too_many_pixels(how_many: str) -> Refusal:
    return Refusal(
        "too_many_pixels", f"This picture has {how_many}. Make it smaller and try again."
    )


def _refusal(error: Exception) -> Refusal:
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return truncated()
    return Refusal(
        "damaged",
        "This file is damaged and cannot be shown whole. Export it again from where you have it.",
    )
