"""
Decoding of untrusted image files, within limits.

Checks come in order of cost: the header is checked before any pixel is decoded. Every file is
decoded once, and the picture is complete and upright before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import SEEK_END

from PIL import Image, UnidentifiedImageError

from hashing.colour_spaces import SRGB, ColourSpace
from hashing.exceptions import Refusal
from hashing.pictures import refusals
from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.capture_time import CaptureTime, capture_time_of
from hashing.pictures.colour_tags import colour_space_of
from hashing.pictures.container_limits import refuse_many_parts
from hashing.pictures.digests import digest_of_look, file_digest, pixel_digest
from hashing.pictures.exif import (
    exif_of,
    orientation_of,
    upright,
    upright_extent,
)
from hashing.pictures.holdings import Holdings
from hashing.pictures.identification import identified
from hashing.pictures.inventory import WalkedJpeg, holdings, walked_jpeg
from hashing.pictures.jpeg_quality import jpeg_quality
from hashing.pictures.memory_budget import MemoryBudget
from hashing.pictures.png_colours import without_damaged_colours
from hashing.pictures.resampling import Extent, ReducedGray, reduced_gray
from hashing.pictures.transparency import flattened

FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF"]
with suppress(ImportError):
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    FORMATS.append("HEIF")

# Formats that cannot be decoded at a reduced scale are hashed from all pixels up to this many times
# the short side asked for; a PNG of 60 megapixels would take seconds.
LARGE_FACTOR = 4

# Formats whose decoders take half as much memory and time again have a lower limit of pixels.
PIXEL_SHARES = {"WEBP": 2 / 3, "AVIF": 2 / 3}

HEIF_BRANDS = {b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1")}

# The most memory measured per pixel, in bytes, from decoding to the last hash (WebP with
# transparency: the picture, a copy, the white background and the result exist at the same time).
BYTES_A_PIXEL = 22
# A progressive JPEG is held at full scale, as coefficients of two bytes for three colours.
BYTES_A_COEFFICIENT_PIXEL = 3 * 2


@dataclass(frozen=True)
class DecodeOptions:
    """
    Limits of decoding.

    A JPEG is decoded at the smallest scale (1, 1/2, 1/4 or 1/8) whose sides have at least
    `short_side` and `long_side` pixels; `short_side=None` decodes every pixel. Decodes that share
    a `budget` wait for memory instead of exceeding it.
    """

    max_pixels: int = 60_000_000
    short_side: int | None = 512
    long_side: int = 0
    budget: MemoryBudget = field(default_factory=lambda: MemoryBudget(2**63))


@dataclass(frozen=True)
class Picture:
    """
    A decoded picture, and the facts about its file.

    `image` is upright, in RGB, on white, and may be smaller than `width` by `height`, the upright
    size of the picture in pixels. Its levels are those of the file, in `colour_space`, except that
    CMYK is converted to sRGB. `managed` is the picture in sRGB where that can no longer be made
    from `image`. `format` is that of the content, whatever the file name says. `jpeg_quality`,
    from 1 to 100, is an estimate. `extent` is the part of `image` that the picture
    fills: a JPEG decoded at a reduced scale can end within the last row or column, and hashes have
    to leave out the rest.
    """

    image: Image.Image
    format: str
    width: int
    height: int
    byte_size: int
    sha256: str
    content_digest: str
    capture_time: CaptureTime | None = None
    jpeg_quality: int | None = None
    holdings: Holdings = field(default_factory=Holdings)
    colour_space: ColourSpace = SRGB
    managed: Image.Image | None = None
    short_side: int | None = None
    extent: Extent | None = None

    def displayed(self, reduced: Callable[[Image.Image], Image.Image]) -> Image.Image:
        """
        Return the picture as browsers show it, in sRGB, made smaller by `reduced`.

        Colours are converted last, because fewer pixels take less time.
        """
        if self.managed is not None:
            return reduced(self.managed)
        return self.colour_space.in_srgb(reduced(self.image))

    @property
    def is_reduced(self) -> bool:
        """Whether hashes are computed from fewer pixels than the file has."""
        return self.image.size != (self.width, self.height) or self._factor > 1

    @property
    def _factor(self) -> int:
        """How many times larger `image` is than hashes need."""
        if self.short_side is None:
            return 1
        factor = min(self.image.size) // self.short_side
        is_decoded_in_full = self.image.size == (self.width, self.height)
        return 1 if is_decoded_in_full and factor < LARGE_FACTOR else max(1, factor)

    @cached_property
    def gray(self) -> Image.Image:
        """
        The luminance that hashes are computed from, in mode L; reduced if `image` is very large.

        The reduction is bicubic: a box filter changes twice as many bits of a hash, and Lanczos
        takes longer without changing fewer.
        """
        gray = self.image.convert("L")
        if self._factor == 1:
            return gray
        size = (gray.width // self._factor, gray.height // self._factor)
        return gray.resize(size, Image.Resampling.BICUBIC, self.extent, reducing_gap=4.0)

    @cached_property
    def reduced(self) -> ReducedGray | None:
        """The gray picture as each hash needs it; None if hashes are computed from `gray`."""
        if not self.is_reduced:
            return None
        if self.extent is None or self._factor > 1:
            return reduced_gray(self.gray, (0, 0, *self.gray.size))
        return reduced_gray(self.gray, self.extent)


def decode(
    file: BinaryFile, options: DecodeOptions | None = None, *, sha256: str | None = None
) -> Picture:
    """
    Return the picture in `file`, read from the beginning.

    Pass the `sha256` of the file, in hex, if you know it, to avoid reading the file twice.
    Raises Refusal if it is not a complete picture of an accepted format and size.
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
        # Decoders raise nearly every exception for damaged files. Whatever it is, there is no
        # complete picture; the cause stays attached for the log.
        raise _refusal(error) from error


def decode_luma(
    file: BinaryFile, options: DecodeOptions | None = None
) -> tuple[Image.Image, Mapping[int, Sequence[int]] | None]:
    """
    Return the luminance of all pixels of `file`, in mode L, and the tables of a JPEG.

    It is stored as in the file: not turned upright, and not converted to RGB and back. The tables
    are the quantisation tables by number, None for other formats. Raises Refusal as `decode` does.
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
    image: Image.Image, file: BinaryFile, sha256: str, byte_size: int, options: DecodeOptions
) -> Picture:
    if not _is_jpeg(image):
        # Pillow decodes a PNG to read its EXIF. Decode first, so that damaged pixels are not
        # taken for damaged metadata.
        image.load()
    exif = exif_of(image)
    orientation = orientation_of(exif)
    width, height = image.size[::-1] if orientation >= 5 else image.size
    walked = walked_jpeg(file, orientation) if _is_jpeg(image) else None
    colour_space = colour_space_of(image, file)
    companions = walked.companions if walked else ()
    held = holdings(image, file, exif, colour_space.key, companions)
    pixels, extent = _loaded(image, options)
    extent = upright_extent(extent, pixels.size, orientation)
    pixels = upright(pixels, orientation)
    managed = _managed(pixels, colour_space)
    return Picture(
        image=managed if managed and pixels.mode == "CMYK" else flattened(pixels),
        format="JPEG" if _is_jpeg(image) else str(image.format),
        width=width,
        height=height,
        byte_size=byte_size,
        sha256=sha256,
        content_digest=_content_digest(pixels, sha256, held, walked),
        holdings=held,
        capture_time=capture_time_of(image, exif),
        jpeg_quality=jpeg_quality(getattr(image, "quantization", None)),
        colour_space=colour_space,
        managed=managed,
        short_side=options.short_side,
        extent=extent,
    )


def _managed(pixels: Image.Image, colour_space: ColourSpace) -> Image.Image | None:
    """
    Return `pixels` in sRGB if they cannot be converted later, from what hashes are computed from.

    Inks do not mix as colours of light, and transparent pixels mix with the ground in sRGB.
    """
    if pixels.mode == "CMYK":
        return colour_space.in_srgb(pixels)
    is_mixed = pixels.has_transparency_data and colour_space != SRGB
    return flattened(pixels, colour_space) if is_mixed else None


def opened(file: BinaryFile) -> Image.Image:
    """Return the picture in `file`, of which only the header has been read. Raises Refusal."""
    refuse_many_parts(file)
    try:
        return identified(without_damaged_colours(file), FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusals.absurd_size() from error
    except UnidentifiedImageError as error:
        raise _unknown(file) from error
    except Exception as error:
        raise _refusal(error) from error


def _refuse_pixels(image: Image.Image, options: DecodeOptions) -> None:
    pixels = image.width * image.height
    limit = PIXEL_SHARES.get(str(image.format), 1.0) * options.max_pixels
    if pixels > limit:
        raise refusals.too_many_pixels(pixels, limit)


def format_labels() -> list[str]:
    """Return the usual names of all formats that can be read."""
    return [{"WEBP": "WebP", "HEIF": "HEIC"}.get(name, name) for name in FORMATS]


def memory(image: Image.Image, options: DecodeOptions) -> int:
    """Return the most bytes that decoding `image`, just opened, can take, judging by its header."""
    pixels = image.width * image.height
    if not _is_jpeg(image):
        return BYTES_A_PIXEL * pixels
    coefficients = BYTES_A_COEFFICIENT_PIXEL * pixels if image.info.get("progressive") else 0
    # JPEG decoders divide the sides by 1, 2, 4 or 8, and keep them above the sides asked for.
    divisor = next(n for n in (8, 4, 2, 1) if n * _scale(image, options) <= 1)
    return coefficients + BYTES_A_PIXEL * pixels // divisor**2


def _is_jpeg(image: Image.Image) -> bool:
    return image.format in ("JPEG", "MPO")  # MPO: a JPEG file with further pictures


def _content_digest(
    pixels: Image.Image, sha256: str, held: Holdings, walked: WalkedJpeg | None
) -> str:
    """Return the digest of what a file shows; `pixels` are upright, `walked` is that of a JPEG."""
    if walked is None and held.is_animated:
        return f"file1:{sha256}"  # only the first frame is decoded, so pixels are not enough
    digest = walked.digest if walked else pixel_digest(pixels)
    return digest_of_look(digest, held.depth, held.colours)


def _loaded(image: Image.Image, options: DecodeOptions) -> tuple[Image.Image, Extent]:
    """Return the decoded `image`, and the extent of the picture in it."""
    drafted = None
    if _is_jpeg(image) and (scale := _scale(image, options)) < 1:
        drafted = image.draft(None, (int(image.width * scale), int(image.height * scale)))
    image.load()
    return image, drafted[1] if drafted else (0, 0, *image.size)


def _scale(image: Image.Image, options: DecodeOptions) -> float:
    """Return the scale, at most 1, at which the sides of `image` are as long as in `options`."""
    if options.short_side is None:
        return 1.0
    short, long = sorted(image.size)
    return min(1.0, max(options.short_side / short, options.long_side / long))


def _unknown(file: BinaryFile) -> Refusal:
    file.seek(4)
    is_heif = file.read(8) in HEIF_BRANDS
    return refusals.no_heif() if is_heif else refusals.not_a_picture(format_labels())


def _refusal(error: Exception) -> Refusal:
    """Return the refusal of a file for which a decoder raised `error`."""
    is_truncated = "truncated" in str(error).lower() or isinstance(error, EOFError)
    return refusals.truncated() if is_truncated else refusals.damaged()
