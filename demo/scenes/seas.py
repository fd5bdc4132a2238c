"""The sea: the path of the sun, a sail, a beach from above."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
    Size,
    below,
    blurred,
    colour,
    developed,
    gradient,
    halo,
    laid,
    lit,
    plane,
    ramp,
    shaded,
    size_of,
    smoothstep,
)
from demo.noise import fractal
from demo.scene import Scene
from demo.skies import clouds, sun, sunlit_clouds
from demo.stencils import Stencil
from demo.waters import glitter, mirrored, waves


def sun_glitter(size: Size, rng: np.random.Generator) -> Image.Image:
    """A low sun over open sea, its path of light broken by the waves."""
    _, y = plane(size)
    place = (1.02, 0.30)
    sky = gradient(size, (0, "#3d4a7a"), (0.2, "#b06a7a"), (0.36, "#ffb56a"), (1, "#ffb56a"))
    thick = clouds(size, 0.42, rng, cover=0.55, scale=50)
    sky = sunlit_clouds(sky, thick, "#ffc48a", "#6a4a6c")
    sky = sun(sky, place, 0.042, "#ff9c4d", "#fff6dc")
    swell = waves(size, 0.38, rng, scale=170)
    sea = ramp(swell, (0.15, "#14233f"), (0.5, "#3a4768"), (0.8, "#b98484"))
    sea = laid(sea, "#e89a70", 0.7 * np.exp(-(y - 0.38) * 9))
    sea = lit(sea, "#ffcf8a", glitter(size, swell, (place[0], 0.38), 0.07))
    return developed(laid(sky, sea, below(y, 0.38)), rng)


HULL = ((-0.34, -0.10), (0.42, -0.12), (0.27, 0.0), (-0.27, 0.0))
MAINSAIL = ((0.0, -1.0), (-0.02, -0.16), (-0.4, -0.18), (-0.2, -0.55))
JIB = ((0.02, -0.93), (0.03, -0.16), (0.4, -0.16), (0.17, -0.5))
"""Corners of a boat one unit high, measured from the middle of its waterline."""


def _sailing_boat(size: Size, foot: Point, tall: float) -> tuple[Field, Field]:
    """The masks of a small boat's hull and of its two sails."""

    def placed(corners: tuple[Point, ...]) -> list[Point]:
        return [(foot[0] + x * tall, foot[1] + y * tall) for x, y in corners]

    hull = Stencil(size).polygon(placed(HULL)).stroke(placed(((0, 0), (0, -1))), 0.008 * tall)
    sails = Stencil(size).polygon(placed(MAINSAIL)).polygon(placed(JIB), 0.85)
    return hull.cut(), sails.cut()


def sail(size: Size, rng: np.random.Generator) -> Image.Image:
    """One white sail on a pale sea, fog where the horizon should be."""
    x, y = plane(size)
    picture = gradient(size, (0, "#8fb3bf"), (0.45, "#e3e8e1"), (0.56, "#f1ede2"), (1, "#f1ede2"))
    hull, sails = _sailing_boat(size, (0.64, 0.615), 0.27)
    cloth = ramp(x, (0.5, "#f2e7d5"), (0.64, "#ffffff"), (0.65, "#c9cfd0"), (0.8, "#fdfbf4"))
    picture = laid(laid(picture, "#23404f", hull), cloth, sails)
    picture = mirrored(picture, 0.615, rng, ripple=0.05)
    swell = waves(size, 0.56, rng, scale=40)
    depth = smoothstep(0.6, 1.0, y)
    water = ramp(swell, (0.2, "#2f6f80"), (0.6, "#7fb0b5"), (0.9, "#e8efe8"))
    picture = laid(picture, water, (0.15 + 0.7 * depth) * (y > 0.615) * (0.5 + 0.5 * swell))
    return developed(lit(picture, "#fff4dc", 0.35 * halo(x, y, (0.15, 0.3), 0.25)), rng)


def shore(size: Size, rng: np.random.Generator) -> Image.Image:
    """A beach from straight above: sand, foam and turquoise water."""
    x, y = plane(size)
    bend = fractal(rng, size, 520, octaves=6, gain=0.42)
    deep = (x + 0.42 * y - 0.62) + 0.34 * (bend - 0.5)
    sand = ramp(fractal(rng, size, 40, octaves=6, gain=0.7), (0, "#dcc094"), (1, "#f8e8c8"))
    wet = laid(sand, "#9c7f5c", smoothstep(-0.09, -0.02, deep) * 0.8)
    sea = ramp(
        deep + 0.1 * (fractal(rng, size, 140) - 0.5),
        (0, "#a9e4d6"),
        (0.13, "#4cc1c2"),
        (0.35, "#148a9f"),
        (0.7, "#0a4a72"),
    )
    caustic = fractal(rng, size, 70, octaves=4, shape=lambda n: (1 - np.abs(2 * n - 1)) ** 6)
    sea = lit(sea, "#e8fff4", 0.5 * caustic * smoothstep(0.5, 0.0, deep))
    picture = laid(wet, sea, smoothstep(-0.012, 0.02, deep))
    lace = fractal(rng, size, 46, octaves=5, gain=0.65, shape=lambda n: 1 - np.abs(2 * n - 1))
    for edge, wide in ((0.0, 0.022), (0.075, 0.03), (0.17, 0.035)):
        front = np.exp(-np.abs(deep - edge) / wide) * (deep > edge - 0.008)
        foam = smoothstep(0.62, 0.85, lace + 0.5 * front) * front
        picture = laid(picture, "#ffffff", np.clip(foam * 1.5, 0, 1))
    return developed(_parasols(picture, rng), rng)


def _parasols(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """Striped parasols on the sand, each with the soft shadow the noon sun gives it."""
    size = size_of(picture)
    x, y = plane(size)
    for place, tone in zip(
        ((0.10, 0.20), (0.22, 0.36), (0.08, 0.47), (0.14, 0.70), (0.36, 0.12)),
        ("#e4572e", "#f3a712", "#e4572e", "#2e86ab", "#d7263d"),
        strict=True,
    ):
        shadow = Stencil(size).disc((place[0] + 0.014, place[1] + 0.018), 0.034).cut()
        picture = shaded(picture, blurred(shadow, 0.006) * 0.5, "#3a2a40")
        wedge = np.sin(8 * np.arctan2(y - place[1], x - place[0]) + rng.random()) > 0
        cloth = np.where(wedge[..., None], colour(tone), colour("#fff8ec"))
        light = 1.05 - 6 * (x - place[0]) - 4 * (y - place[1])
        cover = Stencil(size).disc(place, 0.034).cut()
        picture = laid(picture, cloth * np.clip(light, 0.7, 1.1)[..., None], cover)
    return picture


SCENES = (
    Scene(
        file_name="path-of-the-sun.jpg",
        title="The path of the sun",
        alt_text="A low sun draws a broken path of light across the open sea.",
        tags=("sea", "sunset", "clouds"),
        album="By the sea",
        size=(1350, 900),
        paint=sun_glitter,
        taken="2024:08:14 20:31:47",
    ),
    Scene(
        file_name="white-sail.jpg",
        title="White sail",
        alt_text="A small boat with white sails floats on pale, quiet water in the haze.",
        tags=("sea", "boat", "minimal"),
        album="By the sea",
        size=(1080, 1080),
        paint=sail,
        taken="2024:08:15 07:05:26",
    ),
    Scene(
        file_name="shore-from-above.jpg",
        title="Shore from above",
        alt_text="Seen from above, foam and turquoise water meet a beach with five parasols.",
        tags=("sea", "beach", "aerial", "summer"),
        album="By the sea",
        size=(960, 1200),
        paint=shore,
        taken="2024:08:16 12:48:00",
    ),
)
