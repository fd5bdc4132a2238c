"""Colour spaces: what the numbers in pixels mean, and how they look in sRGB."""

from hashing.colour_spaces.chromaticities import Chromaticities
from hashing.colour_spaces.code_points import BT_709, SRGB_TRANSFER, CodePoints
from hashing.colour_spaces.colour_space import (
    SRGB,
    ColourSpace,
    coded_space,
    gamma_space,
    profiled_space,
)

__all__ = [
    "BT_709",
    "SRGB",
    "SRGB_TRANSFER",
    "Chromaticities",
    "CodePoints",
    "ColourSpace",
    "coded_space",
    "gamma_space",
    "profiled_space",
]
