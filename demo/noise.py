"""Seeded noise, which makes drawn hills, clouds and planks look natural."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PIL import Image

from demo.canvas import Field, Size

Shape: TypeAlias = Callable[[Field], Field]


def rescaled(field: Field) -> Field:
    """The field stretched so that it runs from exactly 0 to 1."""
    low, high = field.min(), field.max()
    stretched: Field = (field - low) / (high - low)
    return stretched


def smooth(rng: np.random.Generator, size: Size, cell: tuple[float, float]) -> Field:
    """Gentle hills and hollows (height, width) about one cell (x, y pixels) apart, about 0 to 1."""
    columns, rows = size[0] / cell[0], size[1] / cell[1]
    knots = rng.random((int(rows) + 4, int(columns) + 4), dtype=np.float32)
    box = (1, 1, 1 + columns, 1 + rows)
    return np.asarray(Image.fromarray(knots).resize(size, Image.Resampling.BICUBIC, box=box))


def fractal(
    rng: np.random.Generator,
    size: Size,
    cell: float,
    *,
    octaves: int = 6,
    gain: float = 0.5,
    stretch: float = 1.0,
    shape: Shape | None = None,
) -> Field:
    """Noise over noise, each octave half as wide and `gain` as strong, rescaled to 0 to 1.

    `stretch` draws it out along x; `shape` bends every octave before it is added.
    """
    total = np.zeros((size[1], size[0]), dtype=np.float32)
    for octave in range(octaves):
        step = cell / 2**octave
        if step < 1:
            break
        layer = smooth(rng, size, (step * stretch, step))
        total += np.float32(gain**octave) * (shape(layer) if shape else layer)
    return rescaled(total)


def creased(layer: Field) -> Field:
    """Noise folded along its middle, so that it rises to sharp crests."""
    fold = 1 - np.abs(2 * layer - 1)
    crests: Field = fold * fold
    return crests


def profile(
    rng: np.random.Generator, width: int, cell: float, *, octaves: int = 6, gain: float = 0.5
) -> Field:
    """A line of noise (width), such as the edge of a range of hills, from 0 to 1."""
    line: Field = fractal(rng, (width, 1), cell, octaves=octaves, gain=gain, stretch=1.0)[0]
    return line


def _mirrored(places: Field, length: int) -> Field:
    """Positions folded back at both ends, so that samples have no seam."""
    span = length - 1.001
    return span - np.abs(np.mod(places, 2 * span) - span)


def sampled(field: Field, rows: Field, columns: Field) -> Field:
    """The field's values between its pixels, at fractional rows and columns."""
    rows, columns = np.broadcast_arrays(
        _mirrored(rows, field.shape[0]), _mirrored(columns, field.shape[1])
    )
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    flat, start = field.ravel(), top * field.shape[1] + left
    down, right = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    upper = flat[start] * (1 - right) + flat[start + 1] * right
    start += field.shape[1]
    lower = flat[start] * (1 - right) + flat[start + 1] * right
    values: Field = upper * (1 - down) + lower * down
    return values
