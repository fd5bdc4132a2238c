"""
What a file states about its colours: ICC profile, PNG chunks, and code points of AVIF and HEIC.

Sources: PNG specification, third edition (W3C), sections 4.3 (which chunk counts) and 11.3.2;
ISO/IEC 14496-12, section 12.1.5 (the boxes "colr", "mdcv" and "clli"). Where they leave something
open, pictures are read as Chromium reads them.
"""

from contextlib import suppress

from PIL import Image

from hashing.colour_spaces import (
    BT_709,
    SRGB,
    SRGB_TRANSFER,
    Chromaticities,
    CodePoints,
    ColourSpace,
    coded_space,
    gamma_space,
    profiled_space,
)
from hashing.exceptions import Refusal
from hashing.pictures.binary_file import BinaryFile
from hashing.pictures.item_boxes import picture_properties
from hashing.pictures.png_colours import colour_chunks

# The modes of profiles that apply to pictures of a mode; three channels of gray are RGB too.
GRAY_MODES = {"1", "L", "LA", "I;16"}
ISO_FORMATS = {"AVIF", "HEIF"}
# In AVIF, these transfer characteristics of video are shown as if they were those of sRGB.
VIDEO_TRANSFERS = {1, 6, 14, 15}
# Matrix and range in a PNG; no others are allowed.
FULL_RANGE_RGB = b"\0\1"
# Luminances in four bytes are in units of 0.0001 cd/m².
LUMINANCE_UNITS = 10_000


def colour_space_of(image: Image.Image, file: BinaryFile) -> ColourSpace:
    """
    Return the colour space of `image`, opened from `file`, which is left where it was.

    It is sRGB if the file states nothing about colours, or nothing that makes sense.
    """
    position = file.tell()
    try:
        if image.format == "PNG":
            return _png_space(image, file)
        if isinstance(profile := image.info.get("icc_profile"), bytes):
            return profiled_space(profile, _profile_modes(image))
        return _iso_space(file) if image.format in ISO_FORMATS else SRGB
    finally:
        file.seek(position)


def _png_space(image: Image.Image, file: BinaryFile) -> ColourSpace:
    """Return the space that the first chunk in the order of precedence states."""
    chunks = colour_chunks(file)
    content = chunks.get(b"cICP", b"")
    code_points = CodePoints(*content[:2]) if content[2:] == FULL_RANGE_RGB else None
    if code_points and code_points.are_known:
        light_level = _number(chunks.get(b"cLLI", b"")[:4]) / LUMINANCE_UNITS
        return coded_space(code_points, light_level or _mastering_peak(chunks.get(b"mDCV", b"")))
    if isinstance(profile := image.info.get("icc_profile"), bytes):
        return profiled_space(profile, _profile_modes(image))
    # Without a gamma, primaries do not count either.
    if "srgb" in image.info or "gamma" not in image.info:
        return SRGB
    return gamma_space(image.info["gamma"], _chromaticities(image))


def _chromaticities(image: Image.Image) -> Chromaticities | None:
    """Return the white and the primaries of a PNG."""
    numbers = image.info.get("chromaticity")
    if numbers is None:
        return None
    return Chromaticities(*zip(numbers[::2], numbers[1::2], strict=True))


def _iso_space(file: BinaryFile) -> ColourSpace:
    """Return the space that the code points of an AVIF or HEIC file stand for."""
    file.seek(0)
    data = file.read()
    properties = {}
    with suppress(Refusal):
        for box in picture_properties(data):
            properties[box.kind] = data[box.content : box.end]
    colours = properties.get(b"colr", b"")
    if not colours.startswith(b"nclx"):
        return SRGB
    code_points = _video_code_points(_number(colours[4:6]), _number(colours[6:8]))
    light_level = _number(properties.get(b"clli", b"")[:2])
    return coded_space(code_points, light_level or _mastering_peak(properties.get(b"mdcv", b"")))


def _video_code_points(primaries: int, transfer: int) -> CodePoints:
    """Return the code points that count in an AVIF or HEIC file, those of sRGB for unknown ones."""
    if transfer in VIDEO_TRANSFERS or not CodePoints(BT_709, transfer).are_known:
        transfer = SRGB_TRANSFER
    if not CodePoints(primaries, transfer).are_known:
        primaries = BT_709
    return CodePoints(primaries, transfer)


def _mastering_peak(volume: bytes) -> float:
    """Return the luminance, 0 if unknown, of the screen that a "mastering display" describes."""
    return _number(volume[16:20]) / LUMINANCE_UNITS


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _profile_modes(image: Image.Image) -> set[str]:
    """Return the modes of pixels that a profile for `image` can be for."""
    if image.mode in GRAY_MODES:
        return {"L", "RGB"}
    return {"CMYK"} if image.mode == "CMYK" else {"RGB"}
