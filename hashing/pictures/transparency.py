"""Lay pictures with transparent parts on a ground on which they can be seen."""

import numpy as np
from PIL import Image

# Rows that are laid on the ground at a time.
STRIP = 256
# The ground is chosen from a sample of this side.
SAMPLE = 256
# In levels of 255: on a ground against which it deviates less, a picture cannot be seen.
HIDDEN_DEVIATION = 5.0


def flattened(image: Image.Image) -> Image.Image:
    """
    Return `image` in RGB, without transparency.

    The ground is white, as on a web page; it is black for a picture that would vanish on white,
    such as a white logo.
    """
    if not image.has_transparency_data and not image.mode.startswith("I"):
        # A copy takes as long as all hashes, but without one a file of several frames stays open.
        is_free = image.mode == "RGB" and getattr(image, "fp", None) is None
        return image if is_free else image.convert("RGB")
    ground = _ground(image)
    # In strips, because every step would otherwise be another copy of a large picture.
    flat = Image.new("RGB", image.size)
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        flat.paste(_on(strip, ground), (0, top))
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


def _on(image: Image.Image, ground: str) -> Image.Image:
    if image.mode.startswith("I"):
        # Gray in 16 bits; Pillow would clip all levels above 255.
        levels = np.clip(np.asarray(image).astype(np.int64) >> 8, 0, 255)
        image = Image.fromarray(levels.astype(np.uint8))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    flat = Image.new("RGBA", layer.size, ground)
    flat.alpha_composite(layer)
    return flat.convert("RGB")
