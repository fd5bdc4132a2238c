"""Hot-air balloons over a valley in the morning."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
    Size,
    below,
    colour,
    developed,
    gradient,
    laid,
    plane,
    size_of,
    smoothstep,
)
from demo.lathe import turned
from demo.noise import fractal, profile
from demo.scene import Scene
from demo.skies import clouds, sun, sunlit_clouds
from demo.stencils import Stencil

FLIGHT = (
    ((0.46, 0.10), 0.40, ("#d7263d", "#f46036", "#ffd166"), 0.0),
    ((1.10, 0.22), 0.25, ("#1b998b", "#f6f7eb", "#2e294e"), 0.18),
    ((0.84, 0.08), 0.15, ("#3a86ff", "#ffbe0b", "#3a86ff"), 0.32),
    ((1.31, 0.10), 0.11, ("#9b5de5", "#fee440", "#f15bb5"), 0.42),
    ((0.15, 0.33), 0.12, ("#ef476f", "#ffffff", "#118ab2"), 0.42),
)


def _envelope(along: Field) -> Field:
    """The outline of a balloon: round above, drawn in to its mouth below."""
    crown = np.sqrt(np.maximum(1 - ((along - 0.38) / 0.38) ** 2, 0))
    skirt = np.cos(np.clip((along - 0.38) / 0.62, 0, 1) * np.pi / 2 * 0.87)
    outline: Field = 0.40 * np.where(along < 0.38, crown, skirt)
    return outline


def _balloon(
    picture: Canvas, top: Point, tall: float, tones: tuple[str, ...], haze: float
) -> Canvas:
    """One balloon of twelve gores in turning colours, its basket underneath."""
    x, y = plane(size_of(picture))
    solid = turned(x, y, top, tall, _envelope)
    around = np.arcsin(np.clip(solid.across, -1, 1)) / np.pi * 12
    stripe = (np.floor(around + 0.5) + np.floor(solid.along * 7)).astype(np.int32) % len(tones)
    cloth = np.stack([colour(tone) for tone in tones])[stripe]
    pleat = 0.86 + 0.14 * np.abs(np.cos((around + 0.5) * np.pi))
    light = 0.42 + 0.72 * solid.under((0.75, -0.5, 0.5))
    cloth = np.clip(cloth * (pleat * light)[..., None] * colour("#fff1dc"), 0, 1)
    picture = _basket(picture, (top[0], top[1] + tall), tall)
    return laid(picture, laid(cloth, "#f4cfae", np.full(stripe.shape, haze)), solid.mask)


def _basket(picture: Canvas, mouth: Point, tall: float) -> Canvas:
    """A wicker basket on its ropes."""
    stencil, (x, y) = Stencil((picture.shape[1], picture.shape[0])), mouth
    for side in (-1, 1):
        ropes = [(x + side * 0.075 * tall, y - 0.01), (x + side * 0.045 * tall, y + 0.10 * tall)]
        stencil.stroke(ropes, 0.0015)
    wicker = (0.05 * tall, 0.10 * tall, 0.17 * tall)
    stencil.box((x - wicker[0], y + wicker[1]), (x + wicker[0], y + wicker[2]))
    return laid(picture, "#5a3a22", stencil.cut())


def balloons(size: Size, rng: np.random.Generator) -> Image.Image:
    """Five balloons rise into the morning haze."""
    picture = gradient(size, (0, "#5f9fd0"), (0.45, "#cfe0e0"), (0.7, "#ffdcb0"), (1, "#ffdcb0"))
    thick = clouds(size, 0.7, rng, cover=0.5, scale=80) * 0.7
    picture = sunlit_clouds(picture, thick, "#fff8ee", "#d9b9b0")
    picture = _valley(sun(picture, (1.32, 0.60), 0.03, "#ffcf8a", "#fff8e4"), rng)
    for top, tall, tones, haze in reversed(FLIGHT):
        picture = _balloon(picture, top, tall, tones, haze)
    return developed(picture, rng)


def _valley(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """Four ranges of hills, mist between them."""
    size = size_of(picture)
    _, y = plane(size)
    for layer, tone in enumerate(("#d9b3a4", "#a9938c", "#66766a", "#2f4a3c")):
        line = 0.66 + 0.085 * layer - 0.07 * profile(rng, size[0], 420 - 70 * layer)
        bank = fractal(rng, size, 200, octaves=4, stretch=4)
        mist = 0.8 * smoothstep(0.0, 0.10, y - line) * (0.4 + 0.6 * bank) * (1 - layer / 4)
        picture = laid(picture, laid(colour(tone), "#ffe6c8", mist), below(y, line))
    return picture


SCENES = (
    Scene(
        file_name="balloons-in-the-morning.jpg",
        title="Balloons in the morning",
        alt_text="Five chequered hot-air balloons rise over misty hills in the morning.",
        tags=("landscape", "balloons", "dawn", "mist"),
        album="High country",
        size=(1350, 900),
        paint=balloons,
        taken="2024:05:25 06:18:29",
    ),
)
