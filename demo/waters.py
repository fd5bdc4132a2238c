"""Water: its waves in perspective, the sun on them, and what they mirror."""

import numpy as np

from demo.canvas import Canvas, Field, Point, Size, breadth, plane, smoothstep
from demo.noise import fractal, sampled


def waves(size: Size, horizon: float, rng: np.random.Generator, scale: float = 60) -> Field:
    """Heights (height, width) of a sea from 0 to 1, crowding together towards the horizon."""
    x, y = plane(size)
    pool = fractal(rng, (768, 768), 48, octaves=5, gain=0.6, stretch=2.2)
    away = 1 / np.maximum(y - horizon, 1 / size[1])
    aside = (x - breadth(size) / 2) * away
    long = sampled(pool, away * scale, aside * scale + 300)
    short = sampled(pool, away * scale * 3.7 + 90, aside * scale * 3.7 + 70)
    near = 0.62 * long + 0.38 * short
    return near * smoothstep(0, 0.02, y - horizon) + 0.5 * smoothstep(0.02, 0, y - horizon)


def glitter(size: Size, swell: Field, source: Point, width: float = 0.05) -> Field:
    """The broken path of light under a low sun, whose x and horizon y are given: 0 to 1."""
    x, y = plane(size)
    down = np.maximum(y - source[1], 0)
    aside = np.abs(x - source[0]) / (width + 0.42 * down)
    steepness = 0.42 + 0.36 * aside
    broken = smoothstep(0, 0.16, swell - steepness)
    path: Field = broken * np.exp(-(aside**2)) * (down > 0)
    return path


def mirrored(
    canvas: Canvas, waterline: float, rng: np.random.Generator, ripple: float = 0.06
) -> Canvas:
    """The canvas with everything under the waterline replaced by the reflection of what is above.

    Ripples displace the reflection more the nearer they are to the viewer.
    """
    height, width = canvas.shape[:2]
    _, y = plane((width, height))
    swell = waves((width, height), waterline - 0.04, rng, scale=26) - 0.5
    down = np.maximum(y - waterline, 0)
    rows = (waterline - down - swell * down * ripple * 8 - swell * ripple * 0.12) * height
    rows = np.clip(rows, 0, int(waterline * height) - 1).astype(np.int32)
    image = canvas[rows, np.arange(width)[None, :]]
    return np.where((y > waterline)[..., None], image, canvas)
