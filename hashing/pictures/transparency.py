"""Lay pictures with transparent parts on a ground on which they can be seen."""

import numpy as np
from PIL import Image

from hashing.colour_spaces import SRGB, ColourSpace

# Rows that are laid on the ground at a time.
STRIP = 256
# The ground is chosen from a sample of this side.
SAMPLE = 256
# In levels of 255: on a ground against which it deviates less, a picture cannot be seen.
HIDDEN_DEVIATION = 5.0


def flattened(image: Image.Image, colour_space: ColourSpace = SRGB) -> Image.Image:
    """
    Return `image` in RGB, without transparency, converted from the `colour_space` to sRGB.

    The ground is white, as on a web page; it is black for a picture that would vanish on white,
    such as a white logo.
    """
    if not image.has_transparency_data and not image.mode.startswith("I"):
        # A copy takes as long as all hashes, but without one a file of several frames stays open.
        is_free = image.mode == "RGB" and getattr(image, "fp", None) is None
        return colour_space.in_srgb(image if is_free else image.convert("RGB"))
    ground = _ground(image)
    # In strips, because every step would otherwise be another copy of a large picture.
    flat = Image.new("RGB", image.size)
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        flat.paste(_on(strip, ground, colour_space), (0, top))
    return flat


def _ground(image: Image.Image) -> str:
    """Return "white" or "black"."""
    if not image.has_transparency_data:
        return "white"
    # The nearest pixels: averages would need a copy of the whole picture.
    size = (min(SAMPLE, image.width), min(SAMPLE, image.height))
    sample = image.resize(size, Image.Resampling.NEAREST)
    hides = _deviation(_on(sample, "white")) < HIDDEN_DEVIATION
    return "black" if hides and _deviation(_on(sample, "black")) >= HIDDEN_DEVIATION else "white"


def _deviation(image: Image.Image) -> float:
    return float(np.asarray(image, dtype=np.float32).std(axis=(0, 1)).max())


def _on(image: Image.Image, ground: str, colour_space: ColourSpace = SRGB) -> Image.Image:
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    if not image.has_transparency_data:
        return colour_space.in_srgb(image.convert("RGB"))
    layer = image.convert("RGBA")
    if colour_space != SRGB:
        alpha = layer.getchannel("A")
        layer = colour_space.in_srgb(layer.convert("RGB"))
        layer.putalpha(alpha)
    flat = Image.new("RGBA", layer.size, ground)
    flat.alpha_composite(layer)
    return flat.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a gray `image` of 16 bits in 8; Pillow would clip all levels above 255."""
    levels = np.asarray(image).astype(np.int64)
    gray = Image.fromarray(np.clip(levels >> 8, 0, 255).astype(np.uint8))
    if "transparency" in image.info:
        is_opaque = levels != image.info["transparency"]
        gray.putalpha(Image.fromarray(np.where(is_opaque, 255, 0).astype(np.uint8)))
    return gray
