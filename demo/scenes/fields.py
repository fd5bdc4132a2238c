"""Farmland in June, lavender and poppies."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
    Size,
    below,
    blurred,
    breadth,
    colour,
    developed,
    gradient,
    laid,
    lit,
    plane,
    ramp,
    shaded,
    size_of,
    smoothstep,
)
from demo.noise import fractal, profile
from demo.scene import Scene
from demo.skies import clouds, sun, sunlit_clouds
from demo.stencils import Stencil
from demo.terrain import Camera, seen, sunlight

MAP = (800, 800)


def _crops(rng: np.random.Generator) -> Canvas:
    """A map (800, 800, 3) of fields in the colours of June, with hedges between them."""
    x, y = plane(MAP)
    bend = 0.22 * fractal(rng, MAP, 260, octaves=3)
    across, away = (x + bend) * 9, (y + 0.6 * bend) * 14
    plot = (np.floor(across) * 7 + np.floor(away) * 13).astype(np.int32) % 11
    tones = ["#7fa046", "#c8b457", "#5d8a3c", "#9cb558", "#d9c468", "#6f9440"]
    paint = np.stack([colour(tones[i % len(tones)]) for i in range(11)])[plot]
    edge = np.maximum(np.abs(across % 1 - 0.5), np.abs(away % 1 - 0.5))
    return laid(paint, "#2f4a26", smoothstep(0.46, 0.48, edge) * 0.85)


def farmland(size: Size, rng: np.random.Generator) -> Image.Image:
    """Rolling fields in cloud shadow and sun."""
    heights = 0.16 * fractal(rng, MAP, 330, octaves=5, gain=0.3)
    view = seen(heights, Camera(eye=0.25, horizon=0.40, focal=1.4, near=0.14), size)
    crops = _crops(rng)
    land = np.stack([view.of(np.ascontiguousarray(crops[..., i])) for i in range(3)], axis=2)
    light = view.of(sunlight(heights, (-0.7, 0.3), 0.9))
    passing = view.of(smoothstep(0.42, 0.6, fractal(rng, MAP, 200, octaves=4)))
    turf = 0.86 + 0.28 * view.of(fractal(rng, MAP, 8, octaves=3))
    land = land * (turf * (0.35 + 0.9 * light * (0.35 + 0.65 * passing)))[..., None]
    land = laid(land, "#b9d2e2", 1 - np.exp(-0.55 * view.depth**1.5))
    sky = gradient(size, (0, "#3a78bd"), (0.42, "#c9e2f1"), (1, "#c9e2f1"))
    thick = clouds(size, 0.46, rng, cover=0.72, scale=60)
    sky = sunlit_clouds(sky, thick, "#ffffff", "#93a4ba")
    return developed(laid(sky, land, view.cover), rng)


def lavender(size: Size, rng: np.random.Generator) -> Image.Image:
    """Rows of lavender running to a low sun."""
    x, y = plane(size)
    horizon, vanishing = 0.36, 0.62 * breadth(size)
    sky = gradient(size, (0, "#5c6fae"), (0.2, "#d99aa8"), (0.36, "#ffd79a"), (1, "#ffd79a"))
    sky = sun(sky, (vanishing, 0.31), 0.035, "#ffb05c", "#fff4d6")
    hill = horizon - 0.05 * profile(rng, size[0], 500, octaves=5)
    picture = laid(sky, "#8d6f95", below(y, hill) * 0.85)
    rows = _rows(size, x - vanishing, np.maximum(y - horizon, 0.004), rng)
    return developed(laid(picture, rows, below(y, horizon)), rng)


def _rows(size: Size, aside: Field, down: Field, rng: np.random.Generator) -> Canvas:
    """Lavender in rows, by distance from the vanishing point, warm where the sun grazes it."""
    tufts = fractal(rng, size, 26, octaves=4, gain=0.7)
    crown = 0.5 + 0.5 * np.cos(aside / down * 6.6 + (tufts - 0.5) * 1.4)
    tones = ("#2c1d33", "#43513a", "#5b3f8c", "#9a78cf", "#e3c3ee")
    stops = zip((0, 0.3, 0.55, 0.8, 1), tones, strict=True)
    blossom = ramp(crown * 0.75 + tufts * 0.5 - 0.12, *stops)
    warm = 0.5 * np.exp(-(aside**2) / (0.05 + down)) * crown
    return laid(lit(blossom, "#ff9c5a", warm), "#e9a896", np.exp(-down * 16))


def _poppy(picture: Canvas, centre: Point, radius: float, rng: np.random.Generator) -> Canvas:
    """One flower of four creased petals around a dark heart, seen a little from above."""
    x, y = plane(size_of(picture))
    turn = rng.random() * 6
    right, down = x - centre[0], (y - centre[1]) * 1.35
    angle, reach = np.arctan2(down, right) + turn, np.hypot(right, down) / radius
    edge = 0.86 + 0.1 * np.cos(2 * angle) + 0.05 * np.sin(7 * angle + turn)
    crease = 0.5 + 0.5 * np.sin(23 * angle + 3 * np.sin(5 * angle))
    tone = np.clip(0.35 + 0.5 * reach + 0.12 * crease - 0.3 * down / radius, 0, 1)
    petal = ramp(tone, (0, "#6d0a12"), (0.5, "#d8261c"), (1, "#ff7a4a"))
    petal = laid(petal, "#1b0f16", smoothstep(0.34, 0.2, reach))
    return laid(picture, petal, smoothstep(edge + 0.04, edge - 0.02, reach))


FLOWERS = ((0.18, 0.63, 0.085), (0.84, 0.70, 0.095), (0.60, 0.42, 0.09), (0.38, 0.80, 0.13))
"""The x, the y and the radius of every poppy in focus."""


def poppies(size: Size, rng: np.random.Generator) -> Image.Image:
    """Poppies in a meadow, sharp in front and melting into colour behind."""
    picture = gradient(size, (0, "#f3e2b0"), (0.35, "#b9c77a"), (0.7, "#5d8440"), (1, "#24401f"))
    for top, count, radius, blur in ((0.30, 80, 0.026, 0.020), (0.42, 40, 0.045, 0.030)):
        spots, hearts = Stencil(size), Stencil(size)
        for _ in range(count):
            place = (rng.random() * breadth(size), top + 0.32 * rng.random())
            spots.disc(place, radius * rng.uniform(0.7, 1.2), rng.uniform(0.6, 1))
            hearts.disc(place, radius * 0.35)
        picture = laid(picture, "#e23a26", blurred(spots.cut(), blur) * 0.95)
        picture = shaded(picture, blurred(hearts.cut(), blur * 0.8) * 0.6, "#5a1018")
    picture = laid(picture, "#a9c65a", _grass(size, rng) * 0.6)
    for across, down, radius in FLOWERS:
        picture = _poppy(picture, (across, down), radius, rng)
    _, y = plane(size)
    return developed(lit(picture, "#fff0b8", 0.2 * (1 - y) ** 2), rng)


def _grass(size: Size, rng: np.random.Generator) -> Field:
    """Blades of grass that bend to either side."""
    blades = Stencil(size)
    for _ in range(420):
        foot, lean, tall = rng.random() * 1.05, rng.normal(0, 0.06), 0.15 + 0.4 * rng.random()
        blade = [(foot, 1.02), (foot + lean * 0.3, 1 - tall * 0.6), (foot + lean, 1 - tall)]
        blades.stroke(blade, rng.uniform(0.002, 0.005), rng.uniform(0.3, 1))
    return blades.cut()


SCENES = (
    Scene(
        file_name="fields-in-june.jpg",
        title="Fields in June",
        alt_text="Cloud shadows drift over a round hill quilted with green and yellow fields.",
        tags=("landscape", "summer", "clouds"),
        album="",
        size=(1350, 900),
        paint=farmland,
        taken="2024:06:11 11:15:37",
    ),
    Scene(
        file_name="lavender-rows.jpg",
        title="Lavender rows",
        alt_text="Rows of lavender run towards a low sun on the horizon.",
        tags=("landscape", "flowers", "sunset"),
        album="In bloom",
        size=(1350, 900),
        paint=lavender,
        taken="2024:07:02 20:44:18",
    ),
    Scene(
        file_name="poppies-in-the-meadow.jpg",
        title="Poppies in the meadow",
        alt_text="Four red poppies stand sharp in tall grass before a haze of many more.",
        tags=("flowers", "summer", "macro"),
        album="In bloom",
        size=(1000, 1000),
        paint=poppies,
        taken="2024:06:09 10:02:55",
    ),
)
