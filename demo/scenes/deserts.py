"""Dry country: dunes, and a panorama of mesas."""

import numpy as np
from PIL import Image

from demo.canvas import Field, Size, developed, gradient, laid, ramp, smoothstep
from demo.noise import creased, fractal
from demo.scene import Scene
from demo.skies import clouds, sunlit_clouds
from demo.terrain import Camera, hazy, seen, sunlight

MAP = (800, 800)


def dunes(size: Size, rng: np.random.Generator) -> Image.Image:
    """Sand dunes with sharp crests, rippled by the wind."""
    shape = fractal(rng, MAP, 300, octaves=2, gain=0.35, shape=creased, stretch=0.8)
    heights = 0.12 * shape + 0.01 * fractal(rng, MAP, 120, octaves=3)
    view = seen(heights, Camera(eye=0.23, horizon=0.27, focal=1.4, near=0.2), size)
    light = np.clip(view.of(sunlight(heights, (1.0, -0.3), 0.34, soft=0.006)) * 2.2, 0, 1)
    wander = view.of(fractal(rng, MAP, 90, octaves=4))
    ripples = np.sin(view.depth * 620 + view.aside * 160 + wander * 60)
    light = np.clip(light * (1 + 0.13 * ripples * smoothstep(0.75, 0.2, view.depth)), 0, 1)
    sand = ramp(light, (0, "#7d4a48"), (0.3, "#b86f48"), (0.7, "#e8a05a"), (1, "#ffd9a0"))
    sand = laid(sand, "#efc9a5", 1 - np.exp(-0.5 * view.depth))
    sky = gradient(size, (0, "#6f9fc0"), (0.3, "#f3dcc0"), (1, "#f3dcc0"))
    return developed(laid(sky, sand, view.cover), rng)


def _mesas(rng: np.random.Generator) -> Field:
    """A map of flat-topped hills with stepped walls over an almost level plain."""
    raw = fractal(rng, MAP, 150, octaves=6, gain=0.42)
    steps = np.sum([smoothstep(edge, edge + 0.03, raw) for edge in (0.5, 0.6, 0.66)], axis=0)
    rough = fractal(rng, MAP, 24, octaves=5)
    away = np.linspace(0, 1, MAP[1], dtype=np.float32)[:, None]
    heights: Field = steps * 0.03 + raw * 0.02 + rough * 0.006
    hills: Field = heights * smoothstep(0.2, 0.5, away)
    return hills


def mesas(size: Size, rng: np.random.Generator) -> Image.Image:
    """A panorama of red mesas under an afternoon sky."""
    heights = _mesas(rng)
    view = seen(heights, Camera(eye=0.055, horizon=0.5, focal=2.9, near=0.1), size)
    light = np.clip(view.of(sunlight(heights, (-1.0, -0.25), 0.4)) * 1.7, 0, 1)
    strata = 0.5 + 0.5 * np.sin(view.of(heights) * 700 + 3 * view.of(fractal(rng, MAP, 90)))
    land = ramp(strata, (0, "#8f3f25"), (0.6, "#c46a3d"), (1, "#e0a070"))
    land = land * ramp(light, (0, "#5d5c86"), (0.5, "#d9a58c"), (1, "#fff2dc"))
    land = hazy(land, view, heights, "#e6c3ae", 0.55, 0.5)
    sky = gradient(size, (0, "#3f7cb8"), (0.35, "#9cc3da"), (0.55, "#f5dcc0"))
    thick = clouds(size, 0.5, rng, cover=0.42, scale=60)
    sky = sunlit_clouds(sky, thick, "#fff6ea", "#b7a9b5")
    return developed(laid(sky, land, view.cover), rng)


SCENES = (
    Scene(
        file_name="dunes-before-evening.jpg",
        title="Dunes before evening",
        alt_text="Sand dunes with sharp crests, rippled by wind, half in light and half in shade.",
        tags=("landscape", "desert", "sand"),
        album="Dry lands",
        size=(1350, 900),
        paint=dunes,
        taken="2024:02:03 17:20:40",
    ),
    Scene(
        file_name="red-mesas.jpg",
        title="Red mesas",
        alt_text="A wide panorama of red, layered rock towers on a desert plain.",
        tags=("landscape", "desert", "panorama"),
        album="Dry lands",
        size=(1600, 600),
        paint=mesas,
        taken="2024:02:05 16:31:09",
    ),
)
