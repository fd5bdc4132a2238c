"""Clouds, stars, sun and moon."""

import numpy as np

from demo.canvas import (
    Canvas,
    Field,
    Paint,
    Point,
    Size,
    blurred,
    breadth,
    colour,
    disc,
    halo,
    laid,
    lit,
    plane,
    size_of,
    smoothstep,
)
from demo.noise import fractal, sampled

CLOUD_MAP = (768, 768)


def clouds(
    size: Size, horizon: float, rng: np.random.Generator, *, cover: float = 0.5, scale: float = 110
) -> Field:
    """How thick the clouds of a level ceiling are (0 to 1), smaller towards the horizon."""
    x, y = plane(size)
    puffs = fractal(rng, CLOUD_MAP, 130, octaves=7, gain=0.55)
    away = 1 / np.maximum(horizon + 0.1 - y, 0.05)
    thick = sampled(puffs, away * scale, (x - breadth(size) / 2) * away * scale * 0.7 + 350)
    return smoothstep(1 - cover, 1.25 - cover, thick) * (y < horizon)


def sunlit_clouds(sky: Canvas, thick: Field, light: Paint, shade: Paint) -> Canvas:
    """Clouds laid on a sky: bright where they are thin or face upwards, darker underneath."""
    higher = np.pad(thick, ((14, 0), (0, 0)), mode="edge")[:-14]
    under = np.clip((blurred(thick, 0.03) - higher) * 0.9 + 0.35, 0, 1)
    return laid(sky, laid(colour(light), shade, under), thick * 0.94)


def stars(size: Size, rng: np.random.Generator, count: int) -> Field:
    """Points of light, a few bright and most of them faint (0 to 1)."""
    width, height = size
    field = np.zeros((height, width), dtype=np.float32)
    rows, columns = rng.integers(1, height - 1, count), rng.integers(1, width - 1, count)
    bright = rng.power(0.35, count).astype(np.float32)
    np.maximum.at(field, (rows, columns), 0.12 + 0.88 * bright)
    large = bright > 0.8
    for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        np.maximum.at(field, (rows[large] + down, columns[large] + right), bright[large] * 0.45)
    return field


def sun(canvas: Canvas, centre: Point, radius: float, glow: Paint, core: Paint) -> Canvas:
    """A sun or moon with the light it scatters in the air around it."""
    x, y = plane(size_of(canvas))
    canvas = lit(canvas, glow, 0.75 * halo(x, y, centre, radius * 3.2))
    canvas = lit(canvas, glow, 0.5 * halo(x, y, centre, radius * 1.3))
    return lit(canvas, core, disc(x, y, centre, radius, 0.003))
