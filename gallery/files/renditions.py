"""
Smaller versions of a picture for its pages: WebP, upright, without metadata.

They are made from the pixels that were decoded for the hashes, the largest first and each
smaller one from it. Their keys hold the file's digest, so that a replaced file never shows the
old picture, and so that they can be cached for ever.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as PillowImage
from PIL import ImageCms

from hashing.conf import decode_options
from hashing.pictures import Picture, decode

if TYPE_CHECKING:
    from gallery.models import Image

# Long sides in pixels: a card of the grid, a card on a sharp screen, the picture's own page.
SIZES = (320, 640, 1600)
# The largest keeps all pixels of a picture with hardly more: shrinking by a few percent makes it
# softer, and takes a third as long as encoding it.
KEPT_WHOLE = 1680
CONTENT_TYPE = "image/webp"
QUALITY = 82
SRGB = ImageCms.createProfile("sRGB")
# Of 0 to 6. On thirty photographs, at the same likeness (SSIM), files of 0 and 1 are 13 and 9 %
# larger for 27 and 18 % less time; those of 3 are 6 % smaller for twice the time.
METHOD = 2


def rendition_sizes(image: "Image | Picture") -> list[tuple[int, int]]:
    """Return (name, width in pixels) of the renditions of `image`, ascending; none is enlarged."""
    if not image.width or not image.height:
        return []
    long_side = max(image.width, image.height)
    # The first size that holds the whole picture is its last.
    needed = [size for i, size in enumerate(SIZES) if i == 0 or SIZES[i - 1] < long_side]
    return [
        (size, max(1, round(image.width * _side(long_side, size) / long_side))) for size in needed
    ]


def largest_size(image: "Image") -> int:
    """Return the name of the largest rendition of `image`."""
    return max((name for name, _ in rendition_sizes(image)), default=SIZES[-1])


def rendition_key(image: "Image", size: int) -> str:
    """Return where the rendition of `image` called `size` is stored."""
    public_id = image.public_id.hex
    return f"renditions/{public_id[:2]}/{public_id}/{image.sha256[:16]}-{size}.webp"


def encoded_renditions(picture: Picture) -> Iterator[tuple[int, bytes]]:
    """Yield (name, WebP bytes) of all renditions of `picture`, the largest first."""
    pixels, profile = picture.image, picture.icc_profile
    for size, _ in reversed(rendition_sizes(picture)):
        pixels = _within(pixels, size)
        if profile:
            # Once, on the largest; the smaller ones are made from it.
            pixels, profile = in_srgb(pixels, profile), None
        yield size, encoded(pixels)


def store_renditions(image: "Image", picture: Picture) -> None:
    """Make and store all renditions of `image` from its decoded `picture`."""
    for size, data in encoded_renditions(picture):
        key = rendition_key(image, size)
        if not default_storage.exists(key):
            default_storage.save(key, ContentFile(data))


def open_rendition(image: "Image", size: int) -> bytes:
    """
    Return the rendition of `image` called `size`, made now if it is missing.

    Raises Refusal or OSError if neither it nor the original can be read.
    """
    key = rendition_key(image, size)
    if not default_storage.exists(key):
        with image.file.storage.open(image.file.name, "rb") as original:
            store_renditions(image, decode(original, decode_options()))
    with default_storage.open(key, "rb") as file:
        return file.read()


def in_srgb(pixels: PillowImage.Image, profile: bytes) -> PillowImage.Image:
    """Return RGB `pixels` that mean colours by an ICC `profile` with the same colours in sRGB."""
    try:
        source = ImageCms.getOpenProfile(BytesIO(profile))
        if source.profile.xcolor_space != "RGB " or "sRGB" in source.profile.profile_description:
            return pixels
        return ImageCms.profileToProfile(pixels, source, SRGB, outputMode="RGB") or pixels
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return pixels  # a broken profile costs nobody the picture


def _side(long_side: int, size: int) -> int:
    """Return how long the long side is in the rendition called `size`."""
    return long_side if size == SIZES[-1] and long_side <= KEPT_WHOLE else min(size, long_side)


def _within(pixels: PillowImage.Image, size: int) -> PillowImage.Image:
    long_side = max(pixels.size)
    scale = _side(long_side, size) / long_side
    if scale == 1:
        return pixels
    target = (max(1, round(pixels.width * scale)), max(1, round(pixels.height * scale)))
    # Hamming takes half as long, but lies 5 dB farther from what Lanczos makes of a photograph.
    return pixels.resize(target, PillowImage.Resampling.BICUBIC, reducing_gap=2.0)


def encoded(pixels: PillowImage.Image) -> bytes:
    """Return `pixels` as the bytes of a rendition."""
    buffer = BytesIO()
    pixels.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
    return buffer.getvalue()
