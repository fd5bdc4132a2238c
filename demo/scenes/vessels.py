"""Stoneware on a shelf."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Point,
    Size,
    below,
    blurred,
    colour,
    developed,
    laid,
    plane,
    ramp,
    size_of,
    smoothstep,
)
from demo.lathe import Outline, turned
from demo.noise import fractal
from demo.scene import Scene
from demo.solids import glazed, shadowed, vessel
from demo.stencils import Stencil

TALL = vessel((0, 0.11), (0.06, 0.08), (0.25, 0.075), (0.55, 0.23), (0.8, 0.21), (1, 0.13))
BOTTLE = vessel((0, 0.075), (0.05, 0.06), (0.4, 0.062), (0.55, 0.19), (1, 0.18))
BOWL = vessel((0, 0.78), (0.35, 0.7), (0.75, 0.42), (1, 0.3))

POTS = (
    ((0.30, 0.27), 0.55, TALL, ("#e6e1d6", "#b8ab98")),
    ((0.98, 0.38), 0.45, BOTTLE, ("#3f5a5c", "#22383d")),
    ((0.66, 0.66), 0.19, BOWL, ("#c87a4f", "#8f4a2c")),
)
"""The top, the height, the outline and the two glazes of every pot."""


def vases(size: Size, rng: np.random.Generator) -> Image.Image:
    """Stoneware on a shelf, a window's light on the wall behind it."""
    _, y = plane(size)
    plaster = fractal(rng, size, 180, octaves=7, gain=0.55)
    picture = _window_light(ramp(plaster, (0, "#8f8a86"), (1, "#b3aca4")))
    shelf = ramp(fractal(rng, size, 40, octaves=4, stretch=12), (0, "#8a6444"), (1, "#c69c70"))
    picture = laid(picture, shelf * (1.15 - 3.9 * (y - 0.77))[..., None], below(y, 0.77))
    for top, height, outline, glazes in POTS:
        picture = _pot(picture, top, height, outline, glazes, rng)
    return developed(_twigs(picture, (0.30, 0.275), rng), rng)


def _pot(
    picture: Canvas,
    top: Point,
    height: float,
    outline: Outline,
    glazes: tuple[str, str],
    rng: np.random.Generator,
) -> Canvas:
    """One pot with the marks of the wheel, dipped in a second glaze at its foot."""
    size = size_of(picture)
    x, y = plane(size)
    radii = outline(np.linspace(0, 1, 50, dtype=np.float32)) * height
    foot = (top[0], top[1] + height - 0.008)
    picture = shadowed(picture, foot, float(radii.max()), 2.2, "#2a1c16")
    solid = turned(x, y, top, height, outline)
    speckle = smoothstep(0.66, 0.8, fractal(rng, size, 6, octaves=2))
    wheel = 0.5 + 0.5 * np.sin(solid.along * height * 260)
    dip = smoothstep(0.60, 0.63, solid.along + 0.03 * np.sin(solid.across * 3))
    glaze = ramp(dip * 0.8 + 0.15 * wheel, (0, glazes[0]), (1, glazes[1]))
    glaze = laid(glaze, "#4a3a2c", speckle * 0.55)
    picture = glazed(picture, solid, glaze, (-0.75, -0.35, 0.6), gloss=0.25, bounce="#8f6a48")
    return _mouth(picture, top, float(radii[0]))


def _window_light(picture: Canvas) -> Canvas:
    """Slanting panes of sunlight on a wall."""
    size = size_of(picture)
    panes = Stencil(size)
    for column in range(2):
        for row in range(3):
            left, top = 0.42 + 0.27 * column, 0.02 + 0.235 * row + 0.07 * column
            panes.polygon(
                [
                    (left, top),
                    (left + 0.25, top + 0.065),
                    (left + 0.25, top + 0.275),
                    (left, top + 0.21),
                ]
            )
    light = 0.55 * blurred(panes.cut(), 0.006)[..., None] * colour("#fff0d0")
    lightened: Canvas = np.clip(picture * (1 + light), 0, 1)
    return lightened


def _mouth(picture: Canvas, top: Point, radius: float) -> Canvas:
    """The dark opening of a vessel."""
    x, y = plane(size_of(picture))
    reach = np.hypot((x - top[0]) / radius, (y - top[1]) / (radius * 0.16))
    picture = laid(picture, "#d9cbb8", smoothstep(1.02, 0.98, reach))
    return laid(picture, "#2a2320", smoothstep(0.92, 0.86, reach))


def _twigs(picture: Canvas, foot: Point, rng: np.random.Generator) -> Canvas:
    """A few bare twigs with buds."""
    size = size_of(picture)
    wood, buds = Stencil(size), Stencil(size)
    for lean in (-0.10, 0.02, 0.13):
        t = np.linspace(0, 1, 12)
        xs = foot[0] + lean * t**1.4 + 0.008 * np.sin(9 * t + lean * 40)
        points = list(zip(xs, foot[1] - 0.25 * t * (1 - abs(lean)), strict=True))
        wood.stroke(points, 0.004)
        for index in range(3, 12):
            side = 0.022 * (-1) ** index
            tip = (points[index][0] + side, points[index][1] - 0.016)
            wood.stroke([points[index], tip], 0.002)
            buds.disc(tip, rng.uniform(0.006, 0.010))
    picture = laid(picture, "#4a3527", wood.cut())
    return laid(picture, "#e9b7b0", buds.cut())


SCENES = (
    Scene(
        file_name="stoneware-and-window-light.jpg",
        title="Stoneware and window light",
        alt_text="A vase with twigs, a bowl and a bottle stand where a window lights the wall.",
        tags=("still-life", "pottery", "light"),
        album="On the table",
        size=(1200, 960),
        paint=vases,
    ),
)
