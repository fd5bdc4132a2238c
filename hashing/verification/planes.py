"""The brightness and colour of a preview, resized and warped onto a common grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from hashing.fingerprints import Box, Framing, boxes
from hashing.pictures import Preview
from hashing.verification.affine import IDENTITY, WHOLE, AffineMap, Matrix, Rectangle

Plane = npt.NDArray[np.float32]
"""Levels from 0 to 255, shape (rows, columns)."""
Mask = npt.NDArray[np.bool_]

# Warped pictures are sampled this many times finer in each direction and then averaged.
FINER = 2
# Pixels repeated beyond the edge for the interpolation.
MARGIN = 2


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def long(self) -> int:
        """The long side."""
        return max(self)

    @property
    def pixels(self) -> int:
        """The number of pixels."""
        return self.width * self.height

    def within(self, long_side: float) -> Size:
        """Return this size reduced to a long side of at most `long_side`."""
        factor = min(1.0, long_side / self.long)
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))


@dataclass(frozen=True, eq=False)
class Planes:
    """The planes of one preview: luma Y and the colour differences Cb and Cr of JPEG."""

    preview: Preview

    @cached_property
    def bands(self) -> tuple[Image.Image, Image.Image, Image.Image]:
        """Y, Cb and Cr as pictures in mode L; Cb and Cr are 128 where there is no colour."""
        y, cb, cr = Image.fromarray(self.preview.pixels).convert("YCbCr").split()
        return y, cb, cr

    @property
    def gray(self) -> Image.Image:
        """The luma, in mode L."""
        return self.bands[0]

    @property
    def size(self) -> Size:
        """Width and height of the preview in pixels."""
        rows, columns, _ = self.preview.pixels.shape
        return Size(columns, rows)

    def framed(self, framing: Framing) -> Rectangle:
        """Return the part of the picture that `framing` leaves, in shares."""
        if framing == Framing.WHOLE:
            return WHOLE
        box = self._boxes.get(framing) or self._boxes.get(Framing.UNFRAMED)
        if box is None:
            return WHOLE
        left, top, right, bottom = box
        width, height = self.size
        return left / width, top / height, right / width, bottom / height

    @cached_property
    def _boxes(self) -> dict[Framing, Box]:
        return boxes(self.gray)

    def resized(self, size: Size, band: int = 0) -> Plane:
        """Return one band reduced to `size`."""
        picture = self.bands[band]
        if size != picture.size:
            picture = picture.resize(size, Image.Resampling.BOX)
        return np.asarray(picture, dtype=np.float32)

    def warped(self, size: Size, to_here: AffineMap, band: int = 0) -> Plane:
        """Return one band as seen from a picture of `size` whose points map here by `to_here`."""
        if to_here == IDENTITY:
            return self.resized(size, band)
        fine = Size(size.width * FINER, size.height * FINER)
        source = self._with_margin(band, fine.pixels / max(to_here.area, 1e-6))
        width, height = source.width - 2 * MARGIN, source.height - 2 * MARGIN
        coefficients = to_here.matrix[:2] * [
            [width / fine.width, width / fine.height, width],
            [height / fine.width, height / fine.height, height],
        ]
        coefficients[:, 2] += MARGIN
        warped = source.transform(
            fine, Image.Transform.AFFINE, coefficients.ravel().tolist(), Image.Resampling.BICUBIC
        )
        return np.asarray(warped.reduce(FINER), dtype=np.float32)

    def warped_bands(self, size: Size, to_here: AffineMap) -> tuple[Plane, Plane, Plane]:
        """Return all three bands as seen from a picture of `size`."""
        return (
            self.warped(size, to_here, 0),
            self.warped(size, to_here, 1),
            self.warped(size, to_here, 2),
        )

    def _with_margin(self, band: int, pixels: float) -> Image.Image:
        """Return one band of at most about `pixels`, with its edge repeated around it."""
        detail = sqrt(pixels / self.size.pixels)
        plane = self.resized(self.size.within(max(8.0, self.size.long * detail)), band)
        padded = np.pad(plane.astype(np.uint8), MARGIN, mode="edge")
        return Image.fromarray(padded)


def grid(size: Size) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the centres of the pixels of a picture of `size` in shares, x and y, flattened."""
    x = (np.arange(size.width) + 0.5) / size.width
    y = (np.arange(size.height) + 0.5) / size.height
    return np.tile(x, size.height), np.repeat(y, size.width)


def inside(size: Size, to_there: Matrix, margin: float = 0.0) -> Mask:
    """Return which pixels of a picture of `size` map into the other picture, shape (rows, cols)."""
    x, y = grid(size)
    u = to_there[0, 0] * x + to_there[0, 1] * y + to_there[0, 2]
    v = to_there[1, 0] * x + to_there[1, 1] * y + to_there[1, 2]
    held: Mask = (u >= margin) & (u <= 1 - margin) & (v >= margin) & (v <= 1 - margin)
    return held.reshape(size.height, size.width)
