"""
Previews: small colour copies of pictures, kept beside their rows to be looked at again.

Comparing two pictures closely needs their pixels, and fetching the files of every pair would cost
a request to the storage each. A preview has enough pixels for nearly all pairs, in a few kilobytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image

Colours = npt.NDArray[np.uint8]

# The long side in pixels, and the quality and effort of the WebP file: 3.9 KB for a photograph.
LONG_SIDE = 176
QUALITY, EFFORT = 60, 4


@dataclass(frozen=True, eq=False)
class Preview:
    """
    A small copy of a picture: `pixels` in sRGB, shape (rows, columns, 3).

    The picture is upright and transparent parts are on plain ground, as they are for hashing.
    """

    pixels: Colours

    @classmethod
    def of(cls, picture: Image.Image) -> Self:
        """Return the preview of a picture in sRGB, in any mode; small pictures keep their size."""
        return cls(np.asarray(reduced_to_preview(picture)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the preview that was stored as `data`. Raises OSError if that is damaged."""
        with Image.open(BytesIO(data), formats=["WEBP"]) as image:
            return cls(np.asarray(image.convert("RGB")))

    def to_bytes(self) -> bytes:
        """Return the preview as a WebP file of a few kilobytes."""
        file = BytesIO()
        Image.fromarray(self.pixels).save(file, "WEBP", quality=QUALITY, method=EFFORT)
        return file.getvalue()


def reduced_to_preview(picture: Image.Image) -> Image.Image:
    """Return `picture` in RGB, no larger than a preview."""
    small = picture.convert("RGB")
    small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BOX, reducing_gap=None)
    return small
