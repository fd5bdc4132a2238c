"""Fruit on a table: oranges, pears."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
    Size,
    below,
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
from demo.lathe import sphere, turned
from demo.noise import fractal
from demo.scene import Scene
from demo.solids import glazed, shadowed
from demo.stencils import Stencil


def _cloth(size: Size, rng: np.random.Generator, light: str, dark: str) -> Canvas:
    """Woven cloth with a few soft folds."""
    x, y = plane(size)
    folds = fractal(rng, size, 340, octaves=3, gain=0.4, stretch=1.8)
    relief = np.clip(0.5 + 28 * (folds - np.roll(folds, (4, 4), axis=(0, 1))), 0, 1)
    weave = 0.5 + 0.25 * np.sin(x * size[1] * 1.25) + 0.25 * np.sin(y * size[1] * 1.25)
    return ramp(0.75 * relief + 0.1 * weave + 0.15 * folds, (0, dark), (1, light))


def oranges(size: Size, rng: np.random.Generator) -> Image.Image:
    """Three oranges on a blue cloth."""
    x, y = plane(size)
    picture = gradient(size, (0, "#20303f"), (0.45, "#3b5060"), (1, "#3b5060"))
    picture = lit(picture, "#ffd9a0", 0.25 * halo(x, y, (0.1, 0.1), 0.5))
    edge = 0.46 + 0.012 * np.sin(x[0] * 7)
    picture = laid(picture, _cloth(size, rng, "#6f93bd", "#1d3358"), below(y, edge))
    pores = fractal(rng, size, 7, octaves=2)
    for place, radius in (((0.86, 0.44), 0.185), ((0.50, 0.55), 0.205), ((1.13, 0.63), 0.19)):
        picture = shadowed(
            picture, (place[0], place[1] + radius * 0.9), radius, 2.6, "#0d1430", 0.8
        )
        solid = turned(x, y, (place[0], place[1] - radius), 2 * radius * 0.97, sphere)
        dents = 0.88 + 0.24 * pores
        skin = ramp(
            solid.under((-0.5, -0.6, 0.6)), (0, "#b33f06"), (0.6, "#f5820f"), (1, "#ffab2e")
        )
        picture = glazed(
            picture, solid, skin * dents[..., None], (-0.6, -0.7, 0.5), gloss=0.45, bounce="#4a6fae"
        )
        picture = _stalk(picture, (place[0] + 0.1 * radius, place[1] - 0.72 * radius), radius)
    return developed(picture, rng)


def _stalk(picture: Canvas, place: Point, radius: float) -> Canvas:
    """The green button where an orange hung from its twig, in a dimple of its own."""
    size = size_of(picture)
    x, y = plane(size)
    dimple = np.exp(-(((x - place[0]) / 0.2) ** 2 + ((y - place[1]) / 0.1) ** 2) / radius**2)
    picture = shaded(picture, 0.45 * dimple, "#7a2a05")
    rays = [
        (
            place[0] + radius * (0.085 if i % 2 else 0.04) * np.cos(i * np.pi / 5),
            place[1] + radius * (0.05 if i % 2 else 0.024) * np.sin(i * np.pi / 5),
        )
        for i in range(10)
    ]
    return laid(picture, "#5f7a34", Stencil(size).polygon(rays).cut())


def _pear(along: Field) -> Field:
    """The outline of a pear: a narrow neck over a round belly."""
    belly = 0.36 * np.sqrt(np.maximum(1 - ((along - 0.67) / 0.33) ** 2, 0)) * (along > 0.4)
    neck = 0.17 * np.sqrt(np.maximum(1 - ((along - 0.2) / 0.2) ** 2, 0)) * (along < 0.2)
    waist = 0.17 + (0.36 - 0.17) * smoothstep(0.2, 0.67, along)
    return np.where(along < 0.2, neck, np.where(along < 0.67, waist, belly))


PEARS = (((0.76, 0.24), 0.58, 0.7), ((0.38, 0.33), 0.55, 0.25))
"""The top, the height and the ripeness of each."""


def pears(size: Size, rng: np.random.Generator) -> Image.Image:
    """Two pears in the light of one window, darkness behind them."""
    x, y = plane(size)
    picture = gradient(size, (0, "#16120f"), (0.6, "#33261c"), (1, "#33261c"))
    picture = lit(picture, "#8a6038", 0.4 * halo(x, y, (0.95, 0.35), 0.35))
    grain = fractal(rng, size, 46, octaves=5, stretch=9)
    table = ramp(grain, (0, "#2b170c"), (0.6, "#6b3f1f"), (1, "#9a6636"))
    table = table * (0.45 + 0.8 * smoothstep(1.2, 0.0, x))[..., None]
    picture = laid(picture, table, below(y, 0.72))
    for top, tall, ripe in PEARS:
        picture = _laid_pear(picture, top, tall, ripe, rng)
    return developed(picture, rng, vignette=0.5)


def _laid_pear(
    picture: Canvas, top: Point, tall: float, ripe: float, rng: np.random.Generator
) -> Canvas:
    """One pear with its shadow, its stem, and a red cheek if it is ripe (0 to 1)."""
    size = size_of(picture)
    x, y = plane(size)
    foot = (top[0], top[1] + tall * 0.985)
    picture = shadowed(picture, foot, tall * 0.36, 2.6, "#0a0503", 0.85)
    solid = turned(x, y, top, tall, _pear)
    blush = smoothstep(-0.4, 0.9, solid.across) * ripe + 0.3 * fractal(rng, size, 160)
    skin = ramp(blush, (0, "#b9b23c"), (0.5, "#d2a035"), (1, "#a8401f"))
    speckle = smoothstep(0.68, 0.85, fractal(rng, size, 5, octaves=2))
    skin = laid(skin, "#5d4a1c", 0.55 * speckle)
    picture = glazed(picture, solid, skin, (-0.85, -0.45, 0.45), gloss=0.4, bounce="#6b3a1c")
    stem = [(top[0] + right, top[1] + down) for right, down in STEM]
    return laid(picture, "#5c3d22", Stencil(size).stroke(stem, 0.012).cut())


STEM = ((0.002, 0.012), (0.008, -0.03), (0.03, -0.065))
"""Points along a pear's stem, from the pear's top."""


SCENES = (
    Scene(
        file_name="three-oranges.jpg",
        title="Three oranges",
        alt_text="Three oranges lie on a blue cloth in soft light.",
        tags=("still-life", "fruit", "orange", "blue"),
        album="On the table",
        size=(1350, 900),
        paint=oranges,
        taken="2024:01:20 14:10:00",
    ),
    Scene(
        file_name="two-pears.jpg",
        title="Two pears",
        alt_text="Two speckled pears stand on a wooden table before a dark wall.",
        tags=("still-life", "fruit"),
        album="On the table",
        size=(1200, 960),
        paint=pears,
        taken="2024:01:21 14:35:20",
    ),
)
