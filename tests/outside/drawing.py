"""Draw pictures: a photograph, a copy of it, and other pictures."""

from io import BytesIO

import numpy as np
from PIL import Image


def drawn(seed: int, quality: int = 90) -> BytesIO:
    """Return a JPEG with structure at all scales; another seed gives another picture."""
    random = np.random.default_rng(seed)
    levels = np.zeros((300, 400, 3))
    for cells in (3, 6, 12, 48):
        coarse = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        levels += np.asarray(coarse.resize((400, 300), Image.Resampling.BICUBIC)) / cells
    levels = 255 * (levels - levels.min()) / (levels.max() - levels.min())
    file = BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(file, "JPEG", quality=quality)
    file.seek(0)
    return file
