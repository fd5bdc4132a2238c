"""
What a file states about its colours: ICC profile, PNG chunks, and code points of AVIF and HEIC.

Sources: PNG specification, third edition (W3C), sections 4.3 (which chunk counts) and 11.3.2;
ISO/IEC 14496-12, section 12.1.5 (the box "colr"). Where they leave it open, pictures are read as
Chromium reads them.
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
from hashing.pictures.containers import png_chunks
from hashing.pictures.item_boxes import picture_properties

# The modes of profiles that apply to pictures of a mode; three channels of gray are RGB too.
GRAY_MODES = {"1", "L", "LA", "I;16"}
ISO_FORMATS = {"AVIF", "HEIF"}
# In AVIF, these transfer characteristics of video are shown as if they were those of sRGB.
VIDEO_TRANSFERS = {1, 6, 14, 15}
# Matrix and range in a PNG; no others are allowed.
FULL_RANGE_RGB = b"\0\1"


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
    if code_points := _png_code_points(file):
        return coded_space(code_points)
    if isinstance(profile := image.info.get("icc_profile"), bytes):
        return profiled_space(profile, _profile_modes(image))
    # Without a gamma, Chromium does not heed the primaries either.
    if "srgb" in image.info or "gamma" not in image.info:
        return SRGB
    return gamma_space(image.info["gamma"], _chromaticities(image))


def _png_code_points(file: BinaryFile) -> CodePoints | None:
    """Return the code points of a PNG; None without a chunk of them that makes sense."""
    for chunk in png_chunks(file):
        if chunk.kind == b"IDAT":
            break
        if chunk.kind == b"cICP":
            file.seek(chunk.content)
            content = file.read(4)
            if content[2:] != FULL_RANGE_RGB:
                return None
            code_points = CodePoints(*content[:2])
            return code_points if code_points.are_known else None
    return None


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
    with suppress(Refusal):
        for box in picture_properties(data):
            content = data[box.content : box.end]
            if box.kind == b"colr" and content.startswith(b"nclx") and len(content) >= 8:
                return _video_space(*(int.from_bytes(content[i : i + 2], "big") for i in (4, 6)))
    return SRGB


def _video_space(primaries: int, transfer: int) -> ColourSpace:
    """Return the space of an AVIF or HEIC file; unknown code points count as those of sRGB."""
    if transfer in VIDEO_TRANSFERS or not CodePoints(BT_709, transfer).are_known:
        transfer = SRGB_TRANSFER
    if not CodePoints(primaries, transfer).are_known:
        primaries = BT_709
    return coded_space(CodePoints(primaries, transfer))


def _profile_modes(image: Image.Image) -> set[str]:
    """Return the modes of pixels that a profile for `image` can be for."""
    if image.mode in GRAY_MODES:
        return {"L", "RGB"}
    return {"CMYK"} if image.mode == "CMYK" else {"RGB"}
