"""
Smaller versions of a picture for web pages: WebP, upright, in sRGB, without metadata.

They are made from the pixels that were decoded for the hashes: the largest first, and each smaller
one from the one before. Their keys contain the file's digest, so a replaced file never shows the
old picture and browsers can cache renditions indefinitely.
"""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as PillowImage

from gallery.files.originals import open_original, remove_stored
from gallery.models import Image
from hashing.conf import decode_options
from hashing.pictures import Picture, decode

# Long sides in pixels: for the grid, the grid on a high-density screen, and a picture's own page.
SIZES = (320, 640, 1600)
# A picture with a long side up to this is not scaled down to the largest size: that would soften
# it for a few percent, and take a third as long as encoding it.
MAX_UNSCALED_SIDE = 1680
CONTENT_TYPE = "image/webp"
QUALITY = 82
# WebP's effort, from 0 to 6. On thirty photographs at equal SSIM, 0 and 1 make files 13 % and 9 %
# larger in 27 % and 18 % less time; 3 makes files 6 % smaller in twice the time.
METHOD = 2


class RenditionSize(NamedTuple):
    """A size from SIZES, and the width in pixels of a picture's rendition of that size."""

    size: int
    width: int


class EncodedRendition(NamedTuple):
    """A size from SIZES, and the WebP file of that size."""

    size: int
    data: bytes


def rendition_sizes(image: Image | Picture) -> list[RenditionSize]:
    """Return the sizes of the renditions of `image`, smallest first; none is enlarged."""
    if not image.width or not image.height:
        return []
    long_side = max(image.width, image.height)
    # The first size that does not shrink the picture is its largest rendition.
    sizes = [size for i, size in enumerate(SIZES) if i == 0 or SIZES[i - 1] < long_side]
    scales = [_side(long_side, size) / long_side for size in sizes]
    widths = [max(1, round(image.width * scale)) for scale in scales]
    return [RenditionSize(*pair) for pair in zip(sizes, widths, strict=True)]


def largest_size(image: Image) -> int:
    """Return the size of the largest rendition of `image`."""
    return max((size for size, _ in rendition_sizes(image)), default=SIZES[-1])


def rendition_key(image: Image, size: int) -> str:
    """Return the storage key of the rendition of `image` of `size`."""
    public_id = image.public_id.hex
    return f"renditions/{public_id[:2]}/{public_id}/{image.sha256[:16]}-{size}.webp"


def encoded_renditions(picture: Picture) -> Iterator[EncodedRendition]:
    """Yield all renditions of `picture`, largest first."""
    sizes = [size for size, _ in reversed(rendition_sizes(picture))]
    pixels = picture.displayed(partial(_within, size=sizes[0]))
    for size in sizes:
        pixels = _within(pixels, size)
        yield EncodedRendition(size, encoded(pixels))


def store_renditions(image: Image, picture: Picture) -> None:
    """Make all renditions of `image` from its decoded `picture` and store the missing ones."""
    for size, data in encoded_renditions(picture):
        key = rendition_key(image, size)
        if not default_storage.exists(key):
            default_storage.save(key, ContentFile(data))


def open_rendition(image: Image, size: int) -> bytes:
    """
    Return the rendition of `image` of `size` as a WebP file; if it is missing, make it first.

    Raises Refusal or OSError if neither it nor the original can be read.
    """
    key = rendition_key(image, size)
    if not default_storage.exists(key):
        with open_original(image) as original:
            store_renditions(image, decode(original, decode_options()))
    with default_storage.open(key, "rb") as file:
        data: bytes = file.read()
    return data


def remove_renditions(image: Image) -> None:
    """Remove the renditions of `image`; failures are logged, not raised."""
    for size, _ in rendition_sizes(image):
        remove_stored(rendition_key(image, size))


def _side(long_side: int, size: int) -> int:
    """Return the long side, in pixels, of the rendition of `size`."""
    is_unscaled = size == SIZES[-1] and long_side <= MAX_UNSCALED_SIDE
    return long_side if is_unscaled else min(size, long_side)


def _within(pixels: PillowImage.Image, size: int) -> PillowImage.Image:
    long_side = max(pixels.size)
    scale = _side(long_side, size) / long_side
    if scale == 1:
        return pixels
    target = (max(1, round(pixels.width * scale)), max(1, round(pixels.height * scale)))
    # Hamming takes half the time, but its result is 5 dB further from that of Lanczos.
    return pixels.resize(target, PillowImage.Resampling.BICUBIC, reducing_gap=2.0)


def encoded(pixels: PillowImage.Image) -> bytes:
    """Return `pixels` as a WebP file."""
    buffer = BytesIO()
    pixels.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
    return buffer.getvalue()
