"""Pictures that tests draw."""

from io import BytesIO
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def photo(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return a picture with structure at all scales; another seed is another picture."""
    rng = np.random.default_rng(seed)
    levels = np.zeros((size[1], size[0], 3))
    for cells in (3, 6, 12, 48):
        coarse = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        levels += np.asarray(coarse.resize(size, Image.Resampling.BICUBIC)) / cells
    levels = 255 * (levels - levels.min()) / (levels.max() - levels.min())
    return Image.fromarray(levels.astype(np.uint8))


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture full of shapes with corners, which keypoints find."""
    rng = np.random.default_rng(seed)
    image = photo(seed, size)
    draw = ImageDraw.Draw(image)
    for _ in range(160):
        x, y = (int(rng.integers(0, side)) for side in size)
        across, down = (int(side) for side in rng.integers(8, 70, 2))
        colour = tuple(int(level) for level in rng.integers(0, 256, 3))
        shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse
        shape((x, y, x + across, y + down), fill=colour)
    return image


def encoded(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    """Return `image` as the bytes of a file."""
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def upload(seed: int, name: str = "", format: str = "JPEG", **options: Any) -> SimpleUploadedFile:
    """Return photo(seed) as a browser would send it."""
    name = name or f"photo-{seed}.{format.lower()}"
    data = encoded(photo(seed), format, **options)
    return SimpleUploadedFile(name, data, content_type=f"image/{format.lower()}")
