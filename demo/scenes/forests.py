"""Woods: spruces in mist, birches in autumn."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Size,
    blurred,
    breadth,
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
from demo.noise import fractal, profile
from demo.scene import Scene
from demo.stencils import Stencil
from demo.trees import stand


def misty_wood(size: Size, rng: np.random.Generator) -> Image.Image:
    """Spruces on steep slopes, each row deeper in the mist than the one before it."""
    x, y = plane(size)
    picture = gradient(size, (0, "#c9d6d8"), (0.5, "#e6e6dc"), (1, "#b9c4c0"))
    picture = lit(picture, "#fff3d8", 0.8 * halo(x, y, (0.2, 0.16), 0.28))
    tones = ("#b4c4c4", "#91a8a8", "#65817f", "#3a5754", "#132a29")
    for layer, tone in enumerate(tones):
        tilt = (0.2, -0.3, 0.26, -0.22, 0.3)[layer] * (x[0] - 0.33)
        line = 0.30 + 0.165 * layer + tilt + 0.07 * profile(rng, size[0], 300)
        mask = stand(size, rng, line, 0.13 + 0.07 * layer, 0.016 + 0.016 * layer)
        bank = fractal(rng, size, 260, octaves=4, stretch=2.5)
        mist = 0.75 * smoothstep(0.02, 0.24, y - line) * (0.35 + 0.65 * bank) * (1 - layer / 6)
        picture = laid(
            picture, colour(tone) + (colour("#dfe4de") - colour(tone)) * mist[..., None], mask
        )
    return developed(picture, rng)


def _leaves(size: Size, rng: np.random.Generator, count: int, radius: float, top: float) -> Field:
    """Leaves strewn over the upper part of the picture, in shades from 0.3 to 1."""
    stencil = Stencil(size)
    for _ in range(count):
        place = (rng.random() * breadth(size), rng.random() ** 1.5 * top)
        stencil.disc(place, radius * rng.uniform(0.5, 1.3), rng.uniform(0.3, 1))
    return stencil.cut()


def _bark(size: Size, rng: np.random.Generator, around: Field) -> Canvas:
    """Bark by its place around the trunk (-1 to 1): lit from the left, with dark scars."""
    scars = fractal(rng, size, 34, octaves=4, gain=0.6, stretch=2.6)
    blotches = fractal(rng, size, 120, octaves=3)
    tone = ramp(around, (-1, "#e9dcc4"), (-0.4, "#fffaf0"), (0.3, "#c9c0b8"), (1, "#6a6470"))
    dark = smoothstep(0.62, 0.72, scars) * 0.85 + 0.5 * smoothstep(0.6, 0.8, blotches)
    return laid(tone, "#2b2422", np.clip(dark, 0, 1))


def birches(size: Size, rng: np.random.Generator) -> Image.Image:
    """White birch trunks before a blaze of autumn leaves."""
    x, y = plane(size)
    picture = gradient(size, (0, "#f7d774"), (0.45, "#e8a23c"), (0.72, "#a8562a"), (1, "#4a2a1e"))
    picture = lit(picture, "#fff3c0", 0.6 * halo(x, y, (0.55, 0.25), 0.22))
    for tone, radius, blur in (("#c4661f", 0.05, 0.02), ("#ffcf4a", 0.035, 0.012)):
        picture = laid(picture, tone, 0.75 * blurred(_leaves(size, rng, 130, radius, 0.8), blur))
    for index in range(15):
        place = (0.05 + 0.618 * index) % 1 * breadth(size)
        picture = _trunk(picture, place, (index / 14) ** 1.6, rng)
    floor = fractal(rng, size, 14, octaves=3)
    litter = ramp(floor, (0, "#3a1d12"), (0.5, "#a0501f"), (1, "#f0b040"))
    picture = laid(picture, litter, 0.9 * smoothstep(0.72, 0.98, y + 0.1 * (floor - 0.5)))
    return developed(laid(picture, "#ffc93c", _leaves(size, rng, 500, 0.011, 0.55) * 0.85), rng)


def _trunk(picture: Canvas, place: float, near: float, rng: np.random.Generator) -> Canvas:
    """One trunk; `near` is 0 for the furthest, veiled by golden air, and 1 for the nearest."""
    size = size_of(picture)
    x, y = plane(size)
    radius = 0.006 + 0.034 * near
    axis = place + rng.normal(0, 0.03) * (y - 0.5) + 0.006 * np.sin(y * 9 + place * 20)
    shape = smoothstep(radius + 0.0015, radius - 0.0015, np.abs(x - axis)) * (
        y < 0.66 + 0.42 * near
    )
    left, right = (int((place + side * (radius + 0.05)) * size[1]) for side in (-1, 1))
    strip = slice(max(left, 0), min(right, size[0]))
    bark = _bark((strip.stop - strip.start, size[1]), rng, (x - axis)[:, strip] / (radius * 1.1))
    picture[:, strip] = laid(
        picture[:, strip],
        laid(bark, "#eeb45e", np.full_like(shape[:, strip], 0.75 * (1 - near))),
        shape[:, strip],
    )
    return picture


SCENES = (
    Scene(
        file_name="misty-wood.jpg",
        title="Misty wood",
        alt_text="Rows of spruces on a slope fade into white mist.",
        tags=("landscape", "forest", "mist"),
        album="Woods",
        size=(900, 1350),
        paint=misty_wood,
        taken="2023:10:29 08:12:30",
    ),
    Scene(
        file_name="birches-in-october.jpg",
        title="Birches in October",
        alt_text="White birch trunks with black scars stand before a blaze of yellow leaves.",
        tags=("forest", "autumn", "trees"),
        album="Woods",
        size=(960, 1200),
        paint=birches,
        taken="2023:10:21 15:33:12",
    ),
)
