"""A lighthouse before the storm."""

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
from demo.noise import fractal, profile
from demo.scene import Scene
from demo.skies import clouds, sunlit_clouds
from demo.stencils import Stencil
from demo.waters import waves


def lighthouse(size: Size, rng: np.random.Generator) -> Image.Image:
    """A striped lighthouse on a rock, its beam in the storm clouds."""
    x, y = plane(size)
    lamp = (0.43, 0.30)
    picture = gradient(size, (0, "#1a2238"), (0.45, "#46587a"), (0.72, "#c98f77"), (1, "#c98f77"))
    thick = clouds(size, 0.75, rng, cover=0.72, scale=90)
    picture = sunlit_clouds(picture, thick, "#8b7f94", "#232c46")
    picture = _beam(picture, lamp)
    swell = waves(size, 0.70, rng, scale=36)
    sea = ramp(swell, (0.2, "#0e1b2c"), (0.55, "#2c4661"), (0.8, "#b9b7b8"))
    picture = laid(picture, sea, below(y, 0.71))
    picture = _rock(picture, rng)
    picture = _tower(picture, lamp, rng)
    picture = lit(picture, "#ffe3a0", 0.95 * halo(x, y, lamp, 0.022))
    return developed(picture, rng)


def _beam(picture: Canvas, lamp: Point) -> Canvas:
    """The cone of light thrown to the right, fading with distance."""
    x, y = plane(size_of(picture))
    right, down = x - lamp[0], y - lamp[1]
    for side, strength in ((1, 0.75), (-1, 0.5)):
        along = np.maximum(right * side, 1e-3)
        cone = np.exp(-(((down + 0.16 * right) / (0.012 + 0.10 * along)) ** 2))
        picture = lit(
            picture, "#ffe9b8", strength * cone * np.exp(-along * 1.8) * (right * side > 0)
        )
    return picture


def _rock(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """A cliff in the right light, spray at its foot."""
    size = size_of(picture)
    x, y = plane(size)
    line = 0.66 + 1.2 * np.abs(x[0] - 0.45) ** 2.2 + 0.05 * profile(rng, size[0], 120)
    grit = fractal(rng, size, 90, octaves=6, gain=0.6, shape=lambda n: 1 - np.abs(2 * n - 1))
    relief = np.clip(
        0.45 + 9 * (grit - np.roll(grit, (3, 3), axis=(0, 1))) - (y - line) * 0.7, 0, 1
    )
    stone = ramp(relief, (0, "#0d0e16"), (0.5, "#3a3540"), (1, "#a58a80"))
    cliff = below(y, line)
    picture = laid(picture, stone, cliff * smoothstep(0.99, 0.93, y + 0.06 * (grit - 0.5)))
    spray = fractal(rng, size, 60, octaves=6, gain=0.7)
    foot = np.exp(-(((y - 0.945 + 0.03 * np.cos(x * 14)) / 0.035) ** 2))
    return laid(picture, "#dfe6ea", np.clip(foot * smoothstep(0.45, 0.8, spray) * 1.3, 0, 1))


def _tower(picture: Canvas, lamp: Point, rng: np.random.Generator) -> Canvas:
    """A round white tower with red bands, worn by the weather."""
    size = size_of(picture)
    x, y = plane(size)
    down = y - lamp[1]
    around = (x - lamp[0]) / (0.028 + 0.062 * down)
    light = ramp(around, (-1, "#4f5872"), (0.2, "#b9b4bb"), (0.62, "#fff0de"), (1, "#c7a597"))
    red = np.floor(down / 0.082) % 2 > 0
    paint = np.where(red[..., None], colour("#c1332d"), colour("#f5f1ea"))
    weather = 0.86 + 0.2 * fractal(rng, size, 80, octaves=5)
    body = smoothstep(1.0, 0.97, np.abs(around)) * (down > 0.03) * (y < 0.70)
    return _lantern(laid(picture, paint * light * weather[..., None], body), lamp)


def _lantern(picture: Canvas, lamp: Point) -> Canvas:
    """The lantern room on top of the tower, with its gallery and its roof."""
    size, (x, y) = size_of(picture), lamp
    glass = Stencil(size).box((x - 0.024, y - 0.026), (x + 0.024, y + 0.025))
    iron = Stencil(size).box((x - 0.047, y + 0.024), (x + 0.047, y + 0.034))
    iron.polygon([(x - 0.034, y - 0.026), (x, y - 0.066), (x + 0.034, y - 0.026)])
    for post in np.linspace(x - 0.045, x + 0.045, 9):
        iron.stroke([(post, y + 0.03), (post, y + 0.008)], 0.0015)
    return laid(laid(picture, "#ffe9ad", glass.cut()), "#1b1a22", iron.cut())


SCENES = (
    Scene(
        file_name="lighthouse-before-the-storm.jpg",
        title="Lighthouse before the storm",
        alt_text="A red and white lighthouse on a rock sends its beam under dark clouds.",
        tags=("sea", "lighthouse", "storm"),
        album="By the sea",
        size=(900, 1350),
        paint=lighthouse,
        taken="2024:10:04 18:22:14",
    ),
)
