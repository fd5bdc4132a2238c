"""Balls in a studio, a candle in the dark."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Point,
    Size,
    below,
    colour,
    developed,
    gradient,
    halo,
    laid,
    lit,
    plane,
    ramp,
    size_of,
    smoothstep,
)
from demo.lathe import sphere, turned
from demo.noise import fractal
from demo.scene import Scene
from demo.solids import glazed, shadowed, vessel


def balls(size: Size, rng: np.random.Generator) -> Image.Image:
    """Balls of plaster, clay and lacquer on a studio backdrop."""
    x, y = plane(size)
    picture = gradient(size, (0, "#c9b8a8"), (0.5, "#ead9c6"), (0.62, "#e2cdb7"), (1, "#c4a78e"))
    picture = lit(picture, "#fff4e2", 0.35 * halo(x, y, (0.15, 0.2), 0.4))
    light = (-0.6, -0.75, 0.55)
    for place, radius, tone, gloss in (
        ((0.50, 0.53), 0.185, "#e9e2d6", 0.05),
        ((0.23, 0.62), 0.115, "#20607a", 0.8),
        ((0.66, 0.69), 0.105, "#d8572a", 0.75),
        ((0.40, 0.76), 0.085, "#e8b23a", 0.3),
        ((0.56, 0.82), 0.05, "#1c2b33", 0.9),
        ((0.20, 0.79), 0.042, "#c23b4b", 0.6),
    ):
        foot = (place[0], place[1] + radius * 0.93)
        picture = shadowed(picture, foot, radius, 3.0, "#5a3e3a")
        solid = turned(x, y, (place[0], place[1] - radius), 2 * radius, sphere)
        clay = 0.9 + 0.2 * fractal(rng, size, 30, octaves=4, gain=0.7)
        paint = colour(tone) * clay[..., None]
        picture = glazed(picture, solid, paint, light, gloss=gloss, bounce="#c98f6a")
    return developed(picture, rng)


def candle(size: Size, rng: np.random.Generator) -> Image.Image:
    """A candle burning in the dark."""
    x, y = plane(size)
    flame = (0.335, 0.36)
    wall = fractal(rng, size, 200, octaves=6)
    picture = ramp(wall, (0, "#1a0f0c"), (1, "#2c1a13"))
    picture = np.clip(
        picture * (1 + 7 * halo(x, y, flame, 0.16))[..., None] * colour("#ffd9a8"), 0, 1
    )
    table = ramp(fractal(rng, size, 30, octaves=4, stretch=8), (0, "#1c0d07"), (1, "#5c3016"))
    glow = 0.35 + 1.6 * np.exp(-(((x - flame[0]) / 0.25) ** 2) - ((y - 0.85) / 0.1) ** 2)
    picture = laid(picture, table * glow[..., None], below(y, 0.80))
    wax = turned(x, y, (flame[0], 0.47), 0.40, vessel((0, 0.15), (0.1, 0.165), (1, 0.165)))
    inner = np.exp(-wax.along * 3.2) * (0.55 + 0.45 * wax.normal[2])
    drips = 0.9 + 0.2 * fractal(rng, size, 60, octaves=3)
    body = ramp(inner * drips, (0, "#5a2a14"), (0.35, "#b8672f"), (0.7, "#f4bd74"), (1, "#fff0c4"))
    picture = laid(picture, body, wax.mask)
    picture = laid(
        picture,
        "#fff2cf",
        smoothstep(1.0, 0.9, np.hypot((x - flame[0]) / 0.062, (y - 0.47) / 0.011)),
    )
    return developed(_flame(picture, flame), rng, vignette=0.55)


def _flame(picture: Canvas, middle: Point) -> Canvas:
    """A flame: blue at the wick, white-hot in the middle, orange at its edge."""
    x, y = plane(size_of(picture))
    wick = np.exp(-(((x - middle[0]) / 0.003) ** 2)) * (y > 0.425) * (y < 0.47)
    picture = laid(picture, "#20100a", wick)
    along = np.clip((y - (middle[1] - 0.115)) / 0.19, 0, 1)
    radius = 0.036 * np.sqrt(np.maximum(along * 4 * (1 - along), 0)) * (0.25 + 0.75 * along) + 1e-4
    reach = np.abs(x - middle[0] - 0.004 * np.sin(y * 30)) / radius
    tone = ramp(
        along,
        (0, "#ff9a2e"),
        (0.4, "#ffe9a0"),
        (0.75, "#fff6d8"),
        (0.92, "#ffb45a"),
        (1, "#3a5ad0"),
    )
    picture = lit(picture, "#ff9a3c", 0.8 * halo(x, y, middle, 0.07))
    return laid(picture, tone, smoothstep(1.15, 0.7, reach) * (along > 0) * (along < 1))


SCENES = (
    Scene(
        file_name="studio-with-six-balls.jpg",
        title="Studio with six balls",
        alt_text="Six balls of plaster, clay and lacquer lie together on a pale backdrop.",
        tags=("still-life", "studio"),
        album="On the table",
        size=(960, 1200),
        paint=balls,
    ),
    Scene(
        file_name="candle.jpg",
        title="Candle",
        alt_text="A candle burns before a dark brown wall.",
        tags=("still-life", "light", "night"),
        album="On the table",
        size=(800, 1200),
        paint=candle,
    ),
)
