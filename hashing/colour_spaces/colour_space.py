"""What the numbers in the pixels of a picture mean."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image

from hashing.colour_spaces.chromaticities import Chromaticities
from hashing.colour_spaces.code_points import (
    BT_709,
    CURVES,
    HDR_TRANSFERS,
    PRIMARIES,
    CodePoints,
    Curve,
    gamma,
    srgb,
)
from hashing.colour_spaces.icc_profiles import (
    HEADER_BYTES,
    SPACE,
    BrokenProfileError,
    converted,
    is_srgb,
    matrix_profile,
    mode_of,
)
from hashing.colour_spaces.tone_mapping import PEAK, tone_mapped

# Profiles of cameras and screens take a few kilobytes, those of printers up to two megabytes.
MAX_PROFILE_BYTES = 4 * 1024 * 1024
# Most pictures of a site have one of a few profiles, and looking into one takes a millisecond.
CACHED_SPACES = 8
# By this gamma, rounded in one way or another, encoders mean the curve of sRGB: the specification
# of PNG has it written beside the chunk that names sRGB.
SRGB_GAMMA, GAMMA_ROUNDING = 0.45455, 0.00006


@dataclass(frozen=True)
class ColourSpace:
    """
    A colour space; this one is sRGB.

    Pictures whose pixels and `key` are equal look the same. The key of sRGB is empty.
    """

    key: str = ""

    def in_srgb(self, image: Image.Image) -> Image.Image:
        """Return `image`, whose pixels are in this space, in sRGB and in the mode RGB."""
        return image if image.mode == "RGB" else image.convert("RGB")


@dataclass(frozen=True, kw_only=True)
class ProfiledSpace(ColourSpace):
    """The colour space that an ICC `profile` describes."""

    profile: bytes = field(repr=False)

    def in_srgb(self, image: Image.Image) -> Image.Image:
        """Return `image`, which can be converted to the mode of the profile, in sRGB."""
        return converted(image.convert(mode_of(self.profile)), self.profile)


@dataclass(frozen=True, kw_only=True)
class HdrSpace(ColourSpace):
    """A colour space of high dynamic range, used for light up to `peak` cd/m²."""

    code_points: CodePoints
    peak: float

    def in_srgb(self, image: Image.Image) -> Image.Image:
        """Return `image` in sRGB, dimmed until its lights can be shown."""
        return tone_mapped(image.convert("RGB"), self.code_points, self.peak)


SRGB = ColourSpace()


def profiled_space(profile: bytes, modes: set[str]) -> ColourSpace:
    """Return the space of an ICC `profile`; sRGB if it is broken or for none of `modes`."""
    if len(profile) > MAX_PROFILE_BYTES or mode_of(profile) not in modes:
        return SRGB
    digest = hashlib.sha256(profile[SPACE] + profile[HEADER_BYTES:]).hexdigest()
    return _space(profile, f"icc-{digest[:16]}")


@lru_cache(CACHED_SPACES)
def gamma_space(exponent: float, chromaticities: Chromaticities | None) -> ColourSpace:
    """
    Return the space whose levels are light to the power of `exponent`; sRGB if there is none.

    Its primaries are those of sRGB unless there are plausible `chromaticities`.
    """
    if exponent <= 0:
        return SRGB
    if chromaticities is None or not chromaticities.is_plausible:
        chromaticities = PRIMARIES[BT_709]
    is_srgb_curve = abs(exponent - SRGB_GAMMA) < GAMMA_ROUNDING
    curve = srgb if is_srgb_curve else gamma(1 / exponent)
    points = ",".join(f"{x:g},{y:g}" for x, y in chromaticities)
    return _made(chromaticities, curve, f"gamma-{exponent:g},{points}")


@lru_cache(CACHED_SPACES)
def coded_space(code_points: CodePoints, peak: float = 0) -> ColourSpace:
    """
    Return the space that `code_points`, which are known, stand for.

    In high dynamic range, `peak` is the picture's brightest light in cd/m², 0 if unknown.
    """
    primaries, transfer = code_points
    key = f"cicp-{primaries}-{transfer}"
    if transfer in HDR_TRANSFERS:
        peak = peak or PEAK
        return HdrSpace(f"{key}-{peak:g}", code_points=code_points, peak=peak)
    return _made(PRIMARIES[primaries], CURVES[transfer], key)


def _made(chromaticities: Chromaticities, curve: Curve, key: str) -> ColourSpace:
    return _space(matrix_profile(chromaticities, curve), key)


@lru_cache(CACHED_SPACES)
def _space(profile: bytes, key: str) -> ColourSpace:
    try:
        return SRGB if is_srgb(profile) else ProfiledSpace(key, profile=profile)
    except BrokenProfileError:
        return SRGB
