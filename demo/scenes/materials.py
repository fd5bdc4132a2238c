"""Surfaces: paper, terrazzo, marble, boards, an agate."""

from itertools import pairwise

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
    dropped,
    gradient,
    laid,
    lit,
    plane,
    ramp,
    shaded,
    smoothstep,
)
from demo.noise import creased, fractal, sampled
from demo.scene import Scene
from demo.stencils import Stencil


def paper(size: Size, rng: np.random.Generator, tone: str) -> Canvas:
    """A sheet of paper with fibres, and a little darker here and there."""
    fibre = fractal(rng, size, 10, octaves=3, gain=0.8, stretch=1.7)
    stain = fractal(rng, size, 420, octaves=4)
    sheet: Canvas = np.clip(colour(tone) * (0.93 + 0.06 * fibre + 0.05 * stain)[..., None], 0, 1)
    return sheet


def terrazzo(size: Size, rng: np.random.Generator) -> Image.Image:
    """Chips of coloured stone in pale cement."""
    cement = fractal(rng, size, 14, octaves=4, gain=0.8)
    picture = ramp(cement, (0, "#d8d0c4"), (1, "#f6f1e8"))
    vein = fractal(rng, size, 60, octaves=5, shape=creased)
    for tone, count, radius in (
        ("#b5651d", 40, 0.065),
        ("#2f4f4f", 40, 0.07),
        ("#c98a86", 46, 0.075),
        ("#7d8f69", 40, 0.06),
        ("#e3b778", 46, 0.05),
        ("#3a3a44", 90, 0.024),
        ("#ffffff", 120, 0.026),
    ):
        chips = Stencil(size)
        for _ in range(count):
            chips.polygon(_chip(rng, breadth(size), radius))
        stone = colour(tone) * (0.82 + 0.3 * np.roll(vein, count * 5, axis=1))[..., None]
        mask = chips.cut()
        rim = np.clip(mask - np.roll(mask, (2, 2), axis=(0, 1)), 0, 1) * 0.25
        picture = shaded(laid(picture, np.clip(stone, 0, 1), mask), rim)
    sheen = fractal(rng, size, 500, octaves=2)
    return developed(lit(picture, "#ffffff", 0.22 * sheen), rng)


def _chip(rng: np.random.Generator, wide: float, radius: float) -> list[tuple[float, float]]:
    """The corners of one angular chip somewhere in the picture."""
    middle = rng.uniform(0, wide), rng.uniform(0, 1)
    size, flat = radius * rng.uniform(0.35, 1.0), rng.uniform(0.55, 1.0)
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 9)))
    return [(middle[0] + size * np.cos(a), middle[1] + size * flat * np.sin(a)) for a in angles]


def marble(size: Size, rng: np.random.Generator) -> Image.Image:
    """Dark green marble with broad and fine white veins."""
    x, y = plane(size)
    bend = [fractal(rng, size, 360, octaves=5) - 0.5 for _ in range(2)]
    rows, columns = y * size[1] + 300 * bend[0], (x + 0.27 * y) * size[1] + 300 * bend[1]
    body = sampled(fractal(rng, size, 300, octaves=7, gain=0.6), rows, columns)
    picture = ramp(body, (0.1, "#04170f"), (0.45, "#0c3d30"), (0.7, "#256f57"), (1, "#86b899"))
    for cell, tone, reach, strength in (
        (150, "#bfd8c6", 0.10, 0.55),
        (420, "#dfeade", 0.16, 0.6),
        (420, "#f6f7ee", 0.05, 0.9),
    ):
        fold = np.abs(2 * fractal(rng, size, cell, octaves=5, gain=0.45) - 1)
        vein = np.exp(-sampled(fold, rows, columns) / (reach * 0.4))
        picture = laid(picture, tone, strength * vein * smoothstep(0.25, 0.65, body))
    shine = smoothstep(0.9, 0.0, np.abs(x - 0.5 - 0.4 * y))
    return developed(lit(picture, "#ffffff", 0.12 * shine), rng)


def planks(size: Size, rng: np.random.Generator) -> Image.Image:
    """Weathered boards, no two from the same tree."""
    picture = np.zeros((size[1], size[0], 3), dtype=np.float32)
    edges = np.linspace(0, 1, 6)
    for top, bottom in pairwise(edges):
        rows = slice(round(top * size[1]), round(bottom * size[1]))
        picture[rows] = _board((size[0], rows.stop - rows.start), rng)
    return developed(picture, rng)


def _board(size: Size, rng: np.random.Generator) -> Canvas:
    """One board: rings cut lengthways, a knot or two, worn edges."""
    x, y = plane(size)
    lift = y * 0.9 + 0.7 * fractal(rng, size, 170, octaves=3, stretch=7) + rng.random()
    for _ in range(rng.integers(0, 3)):
        middle = rng.uniform(0.5, breadth(size) - 0.5), rng.uniform(0.25, 0.75)
        knot = np.exp(-(((x - middle[0]) / 0.32) ** 2) - ((y - middle[1]) / 0.17) ** 2)
        lift = lift + 1.1 * knot
    rings = 0.5 + 0.5 * np.sin(lift * 52)
    fibre = fractal(rng, size, 7, octaves=2, stretch=26)
    tone = np.clip(0.45 * rings + 0.5 * fibre + rng.uniform(-0.12, 0.18), 0, 1)
    dark, light = (("#3a2415", "#b07c4a"), ("#4a3428", "#a98a6c"), ("#2f2a28", "#8f8880"))[
        rng.integers(3)
    ]
    wood = ramp(tone, (0, dark), (1, light))
    edge = np.minimum(y, 1 - y)
    return shaded(wood, 0.92 * smoothstep(0.035, 0.008, edge) + 0.25 * smoothstep(0.2, 0.0, edge))


def agate(size: Size, rng: np.random.Generator) -> Image.Image:
    """A slice of agate: bands around a hollow of crystals."""
    x, y = plane(size)
    fine = fractal(rng, size, 60, octaves=5) - 0.5
    bend = 0.42 * (fractal(rng, size, 420, octaves=6, gain=0.45) - 0.5)
    reach = 1.12 * np.hypot((x - 0.5) * 0.98, (y - 0.49) * 1.08) + 0.8 * bend + 0.012 * fine
    facet = fractal(rng, size, 26, octaves=4, gain=0.7, shape=creased) + 0.35 * (0.12 - reach)
    crystal = ramp(facet, (0, "#7a5a8a"), (0.5, "#e8d8f0"), (0.8, "#ffffff"))
    stone = laid(_bands(reach), crystal, smoothstep(0.09, 0.075, reach + 0.02 * fine))
    stone = laid(stone, "#3a2a26", smoothstep(0.475, 0.49, reach + 0.02 * fine))
    slab = smoothstep(0.515, 0.51, reach + 0.008 * fine)
    table = gradient(size, (0, "#f1ece4"), (1, "#d9d0c6"))
    table = shaded(table, 0.6 * blurred(dropped(slab, 0.02, 0.012), 0.02), "#3a2a30")
    return developed(laid(table, stone, slab), rng)


def _bands(reach: Field) -> Canvas:
    """Bands of agate by distance from the middle: pale within, violet and blue outside."""
    tones = ("#fbe9f0", "#e7a2b8", "#b05a8a", "#5a3a8a", "#27306a")
    hue = ramp(reach, *zip((0.08, 0.18, 0.28, 0.38, 0.50), tones, strict=True))
    strength = 0.4 + 0.6 * np.sin(reach * 13) ** 2
    band = 0.5 + 0.5 * np.sin(reach * 95 + 4 * np.sin(reach * 31)) * strength
    bands: Canvas = np.clip(hue * (0.62 + 0.62 * band)[..., None], 0, 1)
    return bands


SCENES = (
    Scene(
        file_name="terrazzo.jpg",
        title="Terrazzo",
        alt_text="Angular chips of green, pink, ochre and white stone lie in pale cement.",
        tags=("texture", "stone", "abstract"),
        album="Surfaces",
        size=(1000, 1000),
        paint=terrazzo,
    ),
    Scene(
        file_name="green-marble.jpg",
        title="Green marble",
        alt_text="White veins, broad and fine, run through polished dark green marble.",
        tags=("texture", "stone", "abstract"),
        album="Surfaces",
        size=(1350, 900),
        paint=marble,
    ),
    Scene(
        file_name="weathered-boards.jpg",
        title="Weathered boards",
        alt_text="Five weathered boards with knots and cracks lie side by side.",
        tags=("texture", "wood"),
        album="Surfaces",
        size=(1440, 810),
        paint=planks,
    ),
    Scene(
        file_name="slice-of-agate.jpg",
        title="Slice of agate",
        alt_text="Pink and violet bands of agate surround a hollow of pale crystals.",
        tags=("texture", "stone", "colour"),
        album="Surfaces",
        size=(1000, 1000),
        paint=agate,
    ),
)
