"""Mountains at different hours."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Size,
    below,
    colour,
    developed,
    gradient,
    laid,
    lit,
    plane,
    ramp,
    smoothstep,
)
from demo.noise import creased, fractal, profile
from demo.scene import Scene
from demo.skies import clouds, sun, sunlit_clouds
from demo.terrain import Camera, hazy, seen, sunlight
from demo.waters import mirrored

MAP = (800, 800)


def _alps(rng: np.random.Generator, height: float, rise: float = 0.75) -> Field:
    """A map of sharp ridges that rise away from the camera until `rise`."""
    ridges = fractal(rng, MAP, 330, octaves=8, gain=0.48, shape=creased)
    away = np.linspace(0, 1, MAP[1], dtype=np.float32)[:, None]
    return ridges * height * smoothstep(0.02, rise, away)


def _snowy(heights: Field, rng: np.random.Generator, line: float) -> Field:
    """Where snow lies: above a ragged line, and not on walls too steep to hold it."""
    away, across = np.gradient(heights, 1 / len(heights))
    ragged = line * (0.7 + 0.6 * fractal(rng, MAP, 60, octaves=5))
    high = smoothstep(0.0, 0.05, heights - ragged)
    return high * smoothstep(3.6, 1.5, np.hypot(away, across))


def _lit_stone(light: Field, snow: Field, rock: str, sunlit: str, shade: str) -> Canvas:
    """Rock and snow under the colours of the sun and of the open sky."""
    ground = laid(np.broadcast_to(colour(rock), (*snow.shape, 3)), "#fdfbff", snow)
    return ground * (colour(shade) + (colour(sunlit) - colour(shade)) * light[..., None])


def alpenglow(size: Size, rng: np.random.Generator) -> Image.Image:
    """Dawn: the first sun on a range of snowy peaks, mist in the valleys."""
    heights = _alps(rng, 0.42)
    view = seen(heights, Camera(eye=0.25, horizon=0.50, focal=1.55, near=0.12), size)
    light = np.clip(view.of(sunlight(heights, (-1.0, -0.5), 0.45)) * 1.9, 0, 1)
    snow = view.of(_snowy(heights, rng, 0.06))
    land = _lit_stone(light, snow, "#6d5f68", "#ffb08c", "#54629c")
    land = hazy(land, view, heights, "#c4a9c4", 0.35, 1.6)
    sky = gradient(size, (0, "#3b5a9a"), (0.28, "#9c93c4"), (0.46, "#f4b9a6"), (0.6, "#ffe0b4"))
    return developed(laid(sky, land, view.cover), rng)


def lake(size: Size, rng: np.random.Generator) -> Image.Image:
    """Noon: peaks and clouds mirrored in a lake."""
    heights = _alps(rng, 0.40, 0.9)
    view = seen(heights, Camera(eye=0.03, horizon=0.60, focal=1.35, near=0.2), size)
    light = np.clip(view.of(sunlight(heights, (0.9, -0.7), 0.7)) * 1.5, 0, 1)
    snow = view.of(_snowy(heights, rng, 0.11))
    land = _lit_stone(light, snow, "#77756f", "#fffaf0", "#44597d")
    trees = smoothstep(0.085, 0.03, view.of(heights) + 0.03 * view.of(fractal(rng, MAP, 20)))
    land = laid(land, ramp(light, (0, "#14261f"), (1, "#3f6142")), trees)
    land = hazy(land, view, heights, "#a9c6e0", 0.5, 0.2)
    sky = gradient(size, (0, "#2d6db5"), (0.6, "#bcdcf0"), (1, "#d8ecf5"))
    thick = clouds(size, 0.62, rng, cover=0.6, scale=90)
    sky = sunlit_clouds(sky, thick, "#ffffff", "#a7b7cb")
    world = mirrored(laid(sky, land, view.cover), 0.63, rng, ripple=0.035)
    _, y = plane(size)
    water = smoothstep(0.628, 0.634, y) * (0.18 + 0.5 * smoothstep(0.63, 1.05, y))
    return developed(laid(world, "#1d4a5e", np.broadcast_to(water, world.shape[:2])), rng)


def ridges(size: Size, rng: np.random.Generator) -> Image.Image:
    """Evening: one wooded ridge behind the other, paler with every valley."""
    x, y = plane(size)
    picture = gradient(size, (0, "#e58c5a"), (0.25, "#f6bd7c"), (0.5, "#ffe6b8"))
    picture = sun(picture, (0.45, 0.24), 0.05, "#ff9f4d", "#fff3d0")
    for layer in range(7):
        near = layer / 6
        edge = 0.36 + 0.47 * near**1.25 - (0.10 + 0.07 * near) * profile(rng, size[0], 420)
        edge = edge - 0.018 * near * profile(rng, size[0], 14, octaves=3)
        valley = (1 - near) * (0.12 + 0.75 * smoothstep(0.0, 0.16, y - edge))
        tone = ramp(np.full_like(edge, near), (0, "#eab98f"), (0.4, "#a5677a"), (1, "#241b38"))
        picture = laid(picture, laid(tone, "#ffd9a8", valley), below(y, edge))
    return developed(lit(picture, "#ffb066", 0.25 * np.exp(-((x - 0.45) ** 2) * 9 - y * 2)), rng)


SCENES = (
    Scene(
        file_name="first-light-on-the-range.jpg",
        title="First light on the range",
        alt_text="Snowy peaks catch the first pink sun while the valley lies in blue shade.",
        tags=("landscape", "mountains", "snow", "dawn"),
        album="High country",
        size=(1350, 900),
        paint=alpenglow,
        taken="2023:09:17 06:41:22",
        place=(46.5586, 7.8931),
    ),
    Scene(
        file_name="still-lake.jpg",
        title="Still lake",
        alt_text="A rocky mountain with snow on its summit stands mirrored in a calm lake.",
        tags=("landscape", "mountains", "lake", "reflection"),
        album="High country",
        size=(1350, 900),
        paint=lake,
        taken="2023:09:17 12:08:51",
    ),
    Scene(
        file_name="seven-ridges.jpg",
        title="Seven ridges",
        alt_text="Seven wooded ridges, paler one behind the other, under a low orange sun.",
        tags=("landscape", "mountains", "sunset", "mist"),
        album="High country",
        size=(900, 1350),
        paint=ridges,
        taken="2023:09:18 18:52:03",
    ),
)
