"""
ICC profiles: conversion of pixels by them, and simple ones made from chromaticities and a curve.

Source: ICC.1:2022, sections 7 (header and table of tags) and 10 (types of data).
"""

import struct
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from hashing.colour_spaces.chromaticities import D50, Chromaticities
from hashing.colour_spaces.code_points import Curve

# Pillow's modes by the colour space that a profile states in its header.
MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}
SPACE = slice(16, 20)
HEADER_BYTES = 128
# Every level of 8 bits is one of the points of a curve.
CURVE_POINTS = 255 * 16 + 1
# Levels at which a profile is compared with sRGB, closer where its curve is steeper.
SAMPLE_LEVELS = (0, 8, 24, 48, 80, 128, 176, 224, 255)
# Profiles of sRGB itself differ by up to one level of 255, because they round differently.
MAX_ROUNDING = 1


class BrokenProfileError(ValueError):
    """An ICC profile that cannot be used."""


def mode_of(profile: bytes) -> str | None:
    """Return the mode of pixels that `profile` describes; None if Pillow has no such mode."""
    return MODES.get(profile[SPACE])


def converted(image: Image.Image, profile: bytes) -> Image.Image:
    """
    Convert `image`, which has the mode of `profile`, to sRGB.

    White becomes white and black becomes black. Raises BrokenProfileError.
    """
    if image.mode != "L":
        return _transformed(image, profile)
    # LittleCMS would prepare 33 shades and interpolate, which a linear profile is too steep for.
    shades = _transformed(_sample("L"), profile, ImageCms.Flags.NOOPTIMIZE)
    return Image.merge("RGB", [image.point(list(band.tobytes())) for band in shades.split()])


def is_srgb(profile: bytes) -> bool:
    """
    Return whether `profile` shows colours as sRGB does, whatever it is named.

    Raises BrokenProfileError.
    """
    sample = _sample(mode_of(profile))
    # For so few pixels, preparing a faster conversion would take longer than it saves.
    shown = _transformed(sample, profile, ImageCms.Flags.NOOPTIMIZE)
    difference = np.asarray(shown, np.int16) - np.asarray(sample.convert("RGB"), np.int16)
    return bool(np.abs(difference).max() <= MAX_ROUNDING)


def matrix_profile(chromaticities: Chromaticities, curve: Curve) -> bytes:
    """Return an RGB profile of three primaries and one `curve`."""
    levels = curve(np.linspace(0.0, 1.0, CURVE_POINTS))
    points = np.round(levels * 0xFFFF).astype(">u2").tobytes()
    trc = b"curv" + bytes(4) + struct.pack(">I", CURVE_POINTS) + points
    primaries = {
        tag: b"XYZ " + bytes(4) + _fixed(column)
        for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), chromaticities.to_d50.T, strict=True)
    }
    return _profile({**primaries, b"rTRC": trc, b"gTRC": trc, b"bTRC": trc})


def _transformed(
    image: Image.Image, profile: bytes, flags: ImageCms.Flags = ImageCms.Flags.NONE
) -> Image.Image:
    """Return `image` converted by LittleCMS. Raises BrokenProfileError."""
    try:
        transform = ImageCms.buildTransform(
            ImageCms.getOpenProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION | flags,
        )
        return transform.apply(image)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError) as error:
        raise BrokenProfileError(str(error)) from error


def _sample(mode: str | None) -> Image.Image:
    """Return colours in `mode` on which a profile is compared with sRGB."""
    colours = np.stack(np.meshgrid(*[SAMPLE_LEVELS] * 3), axis=-1).reshape(1, -1, 3)
    if mode == "L":
        colours = np.arange(256).reshape(1, -1, 1).repeat(3, axis=-1)
    return Image.fromarray(colours.astype(np.uint8)).convert(mode)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    """Return a profile of version 2.4 for an RGB screen; equal `tags` are stored once."""
    position = HEADER_BYTES + 4 + 12 * len(tags)
    table, positions, body = [struct.pack(">I", len(tags))], dict[bytes, int](), b""
    for tag, data in tags.items():
        if data not in positions:
            positions[data] = position + len(body)
            body += data + bytes(-len(data) % 4)
        table.append(tag + struct.pack(">II", positions[data], len(data)))
    header = b"".join(
        (
            struct.pack(">I4xI", position + len(body), 0x02400000),
            b"mntrRGB XYZ ",
            bytes(12),  # no date
            b"acsp",
            bytes(28),
            _fixed(D50),
        )
    )
    return header.ljust(HEADER_BYTES, b"\0") + b"".join(table) + body


def _fixed(numbers: np.typing.ArrayLike) -> bytes:
    """Return `numbers` in the ICC type s15Fixed16Number."""
    return np.round(np.asarray(numbers) * 0x10000).astype(">i4").tobytes()
