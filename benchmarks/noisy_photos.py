"""Photographs with grain, drawn by code: as hard to decode and encode as those of cameras."""

import io

import numpy as np
from PIL import Image


def noisy_photo(seed: int, size: tuple[int, int]) -> bytes:
    """Return a JPEG file of `size`, width and height in pixels; another one for each seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    levels = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC)).astype(int)
    levels = np.clip(levels + rng.integers(-18, 19, levels.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=85)
    return file.getvalue()
