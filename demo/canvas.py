"""The canvas: coordinate planes, colours, and functions that paint on it.

Lengths and positions are in picture heights, x from the left and y from the top, so a circle is
a circle in every format. Colours are sRGB from 0 to 1.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Size: TypeAlias = tuple[int, int]
Point: TypeAlias = tuple[float, float]
Field: TypeAlias = NDArray[np.floating]
Canvas: TypeAlias = NDArray[np.floating]
Paint: TypeAlias = str | NDArray[np.floating]
Stop: TypeAlias = tuple[float, str]

RAMP_STEPS = 2048


def plane(size: Size) -> tuple[Field, Field]:
    """The x (1, width) and y (height, 1) of every pixel's middle; together they broadcast."""
    width, height = size
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / height
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height
    return x, y


def size_of(canvas: Canvas) -> Size:
    """The width and height of a canvas in pixels."""
    return canvas.shape[1], canvas.shape[0]


def breadth(size: Size) -> float:
    """The picture's width in picture heights."""
    return size[0] / size[1]


def colour(paint: Paint) -> NDArray[np.floating]:
    """The three channels of a code such as "#f4a261"; an array of channels passes unchanged."""
    if not isinstance(paint, str):
        return paint
    return np.array([int(paint[i : i + 2], 16) / 255 for i in (1, 3, 5)], dtype=np.float32)


def ramp(values: Field, *stops: Stop) -> Canvas:
    """Colours (…, 3) for numbers (…), blended between the nearest stops."""
    places = [place for place, _ in stops]
    channels = np.stack([colour(code) for _, code in stops])
    at = np.linspace(places[0], places[-1], RAMP_STEPS)
    table = np.stack([np.interp(at, places, channels[:, i]) for i in range(3)], axis=1)
    share = (values - places[0]) * ((RAMP_STEPS - 1) / (places[-1] - places[0]))
    colours: Canvas = table.astype(np.float32)[np.clip(share, 0, RAMP_STEPS - 1).astype(np.int32)]
    return colours


def gradient(size: Size, *stops: Stop) -> Canvas:
    """A canvas (height, width, 3) whose colour changes from top (0) to bottom (1)."""
    _, y = plane(size)
    return np.broadcast_to(ramp(y, *stops), (size[1], size[0], 3)).copy()


def smoothstep(low: float, high: float, values: Field) -> Field:
    """0 at `low`, 1 at `high` (which can be the smaller), with a smooth slope between."""
    share: Field = np.clip((values - low) / (high - low), 0, 1)
    eased: Field = share * share * (3 - 2 * share)
    return eased


def laid(canvas: Canvas, paint: Paint, mask: Field) -> Canvas:
    """Opaque paint where the mask is 1, the old canvas where it is 0."""
    return canvas + (colour(paint) - canvas) * mask[..., None]


def lit(canvas: Canvas, light: Paint, mask: Field) -> Canvas:
    """Light added like a second exposure: it brightens and never quite burns out."""
    return 1 - (1 - canvas) * (1 - np.clip(colour(light) * mask[..., None], 0, 1))


def shaded(canvas: Canvas, mask: Field, tint: Paint = "#000000") -> Canvas:
    """The canvas seen through a filter of the tint's colour where the mask is 1."""
    return canvas * (1 - (1 - colour(tint)) * mask[..., None])


def distance(x: Field, y: Field, centre: Point) -> Field:
    """How far every pixel is from a point."""
    distances: Field = np.hypot(x - centre[0], y - centre[1])
    return distances


def disc(x: Field, y: Field, centre: Point, radius: float, edge: float = 0.0015) -> Field:
    """1 inside a circle and 0 outside, over an edge `2 * edge` wide."""
    return smoothstep(radius + edge, radius - edge, distance(x, y, centre))


def halo(x: Field, y: Field, centre: Point, reach: float) -> Field:
    """Light scattered around a point: 1 at the point, a half at `reach`, then slowly less."""
    squared = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
    return 1 / (1 + squared / np.float32(reach**2))


def below(y: Field, line: Field | float) -> Field:
    """1 under a level, or under a line with a y for every column; the edge is a pixel wide."""
    mask: Field = np.clip((y - line) * len(y) + 0.5, 0, 1)
    return mask


def resized(field: Field, size: Size) -> Field:
    """A field or a canvas at another size."""
    if field.ndim == 3:
        return np.stack([resized(field[..., i], size) for i in range(field.shape[2])], axis=2)
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))


def blurred(field: Field, radius: float) -> Field:
    """A field or a canvas out of focus by `radius` picture heights.

    Shrinking and enlarging costs the same for every radius, which a true Gaussian does not.
    """
    height, width = field.shape[:2]
    step = max(radius * height, 1.0)
    small = (max(2, round(width / step)), max(2, round(height / step)))
    return resized(resized(field, small), (width, height))


def dropped(shape: Field, down: float, right: float) -> Field:
    """A mask moved by parts of the picture's height, as a shadow is."""
    rows, columns = int(down * len(shape)), int(right * len(shape))
    height, width = shape.shape
    return np.pad(shape, ((rows, 0), (columns, 0)), mode="edge")[:height, :width]


def developed(
    canvas: Canvas, rng: np.random.Generator, *, grain: float = 0.007, vignette: float = 0.16
) -> Image.Image:
    """The finished picture: corners a little darker, film grain over all."""
    height, width = canvas.shape[:2]
    x, y = plane((width, height))
    corner = ((x * height / width - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    noise = rng.standard_normal((height, width), dtype=np.float32) * grain
    film = canvas * (1 - vignette * corner * corner)[..., None] + noise[..., None]
    return Image.fromarray((np.clip(film, 0, 1) * 255 + 0.5).astype(np.uint8))
