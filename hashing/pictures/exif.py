"""Metadata of a decoded picture: its orientation from EXIF."""

from contextlib import suppress

from PIL import Image

from hashing.pictures.resampling import Extent

ORIENTATION, EXIF_IFD = 0x0112, 0x8769

# The transposition that turns a picture upright, by its EXIF orientation; 1 is upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The same in steps: from 5 on, swap rows and columns; then mirror across or down as listed.
MIRRORED_ACROSS, MIRRORED_DOWN = {2, 3, 6, 7}, {3, 4, 7, 8}


def exif_of(image: Image.Image) -> Image.Exif:
    """Return the EXIF of `image`, empty if it is damaged, so that the picture still counts."""
    with suppress(Exception):
        return image.getexif()
    return Image.Exif()


def orientation_of(exif: Image.Exif) -> int:
    """Return the EXIF orientation, 1 to 8; anything else counts as 1 (upright)."""
    with suppress(Exception):
        orientation = exif.get(ORIENTATION, 1)
        return int(orientation) if orientation in UPRIGHT else 1
    return 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return `image`, which has the EXIF `orientation`, turned upright."""
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def upright_extent(extent: Extent, size: tuple[int, int], orientation: int) -> Extent:
    """Return `extent` after a picture of `size` (width, height) has been turned upright."""
    (left, top, right, bottom), (width, height) = extent, size
    if orientation >= 5:
        left, top, right, bottom, width, height = top, left, bottom, right, height, width
    if orientation in MIRRORED_ACROSS:
        left, right = width - right, width - left
    if orientation in MIRRORED_DOWN:
        top, bottom = height - bottom, height - top
    return left, top, right, bottom
