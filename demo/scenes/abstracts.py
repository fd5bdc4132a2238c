"""Colour for its own sake: ink in water, stained glass, rings in watercolour."""

import numpy as np
from PIL import Image

from demo.canvas import (
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
    resized,
    shaded,
    smoothstep,
)
from demo.noise import creased, fractal, sampled
from demo.scene import Scene
from demo.scenes.materials import paper


def ink(size: Size, rng: np.random.Generator) -> Image.Image:
    """Clouds of coloured ink sinking through clear water."""
    x, y = plane(size)
    rows, columns = y * size[1], x * size[1]
    bend = [fractal(rng, size, 330, octaves=4, gain=0.5) - 0.5 for _ in range(2)]
    rows, columns = rows + 420 * bend[0], columns + 420 * bend[1]
    fold = fractal(rng, size, 260, octaves=5, shape=creased)
    deep = sampled(fold, rows, columns)
    hue = sampled(fractal(rng, size, 420, octaves=3), rows, columns)
    reach = x * 0.75 + y * 0.9 - 0.95 + 0.9 * (hue - 0.5)
    cloud = smoothstep(0.28, -0.2, reach) * (0.35 + 0.65 * smoothstep(0.12, 0.75, deep))
    tone = ramp(hue, (0.15, "#e8385a"), (0.4, "#8a2a9a"), (0.6, "#2a4ac8"), (0.85, "#10a0b8"))
    tone = lit(tone, "#ffd0c0", 0.55 * smoothstep(0.6, 1.0, deep))
    water = gradient(size, (0, "#f6f3ee"), (1, "#d5dde3"))
    veil = blurred(cloud, 0.03)
    return developed(
        laid(laid(water, tone, veil * 0.5), tone * (0.35 + 0.75 * deep)[..., None], cloud), rng
    )


def _cells(size: Size, seeds: np.ndarray) -> tuple[Field, np.ndarray]:
    """How far inside its cell each pixel lies, and which of the seeds (n, 2) owns it."""
    small = (size[0] // 3, size[1] // 3)
    x, y = plane(small)
    first = np.full((small[1], small[0]), 9, np.float32)
    second, owner = first.copy(), np.zeros(first.shape, np.int32)
    for index, seed in enumerate(seeds):
        reach = np.hypot(x - seed[0], y - seed[1])
        second = np.where(reach < first, first, np.minimum(second, reach))
        owner = np.where(reach < first, index, owner)
        first = np.minimum(first, reach)
    inside = resized(second - first, size)
    return inside, np.asarray(Image.fromarray(owner).resize(size, Image.Resampling.NEAREST))


def stained_glass(size: Size, rng: np.random.Generator) -> Image.Image:
    """A leaded window: a sun over hills and a river, light behind it."""
    x, y = plane(size)
    seeds = np.stack([rng.uniform(0, breadth(size), 190), rng.uniform(0, 1, 190)], axis=1)
    inside, owner = _cells(size, seeds)
    paints = np.stack([_pane(seed, rng) for seed in seeds])[owner]
    seedy = fractal(rng, size, 44, octaves=4, gain=0.6)
    glow = 0.55 + 0.75 * halo(x, y, (0.42, 0.30), 0.42) + 0.4 * (seedy - 0.5)
    glass = np.clip(paints * glow[..., None], 0, 1)
    lead = smoothstep(0.013, 0.008, inside)
    frame = np.minimum(np.minimum(x, breadth(size) - x), np.minimum(y, 1 - y))
    lead = np.maximum(lead, smoothstep(0.026, 0.023, frame))
    metal = ramp(
        np.clip(0.5 + (lead - np.roll(lead, (3, 3), axis=(0, 1))), 0, 1),
        (0, "#07080b"),
        (0.5, "#15171c"),
        (1, "#4a4e58"),
    )
    picture = laid(glass, metal, lead)
    return developed(
        lit(picture, "#fff0c0", 0.25 * blurred(np.clip(glass.mean(axis=2) - 0.5, 0, 1), 0.02)), rng
    )


def _pane(seed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The colour (3) of a pane, by the part of the scene where it lies."""
    x, y = seed
    tones: tuple[str, ...]
    sun = np.hypot(x - 0.42, y - 0.28)
    river = abs(x - 0.30 - 0.16 * np.sin(y * 7))
    if sun < 0.11:
        tones = ("#fff0a0", "#ffd84a")
    elif sun < 0.22:
        tones = ("#ffb03a", "#ff8a2a")
    elif y < 0.52 + 0.05 * np.sin(x * 9):
        tones = ("#2a6ac8", "#3a8ae0", "#5ab0f0", "#7a5ac8")
    elif river < 0.055:
        tones = ("#7ad0f0", "#4ab0e0")
    else:
        tones = ("#1a8a4a", "#3aa04a", "#7ab83a", "#0f6a4a")
    return colour(tones[rng.integers(len(tones))]) * rng.uniform(0.8, 1.1)


def quilt(size: Size, rng: np.random.Generator) -> Image.Image:
    """Four rows of rings in watercolour, no two alike."""
    x, y = plane(size)
    picture = paper(size, rng, "#f7f1e4")
    tones = ("#d1495b", "#edae49", "#00798c", "#30638e", "#003d5b", "#66a182", "#e07a5f", "#8d6a9f")
    wobble = fractal(rng, size, 90, octaves=4) - 0.5
    pool = fractal(rng, size, 50, octaves=5)
    for row in range(4):
        for column in range(4):
            middle = (0.125 + 0.25 * column, 0.125 + 0.25 * row)
            reach = np.hypot(x - middle[0], y - middle[1]) + 0.012 * wobble
            for radius in np.sort(rng.uniform(0.02, 0.115, 3))[::-1]:
                tone = tones[rng.integers(len(tones))]
                rim = np.exp(-np.abs(reach - radius) / 0.004)
                wash = smoothstep(radius + 0.002, radius - 0.002, reach)
                picture = shaded(picture, wash * np.clip(0.5 + 0.5 * pool + 0.3 * rim, 0, 1), tone)
                picture = laid(picture, "#f7f1e4", wash * 0.12)
    return developed(picture, rng)


SCENES = (
    Scene(
        file_name="ink-in-water.jpg",
        title="Ink in water",
        alt_text="Clouds of red, violet and blue ink spread through clear water.",
        tags=("abstract", "colour"),
        album="Paper and colour",
        size=(1350, 900),
        paint=ink,
    ),
    Scene(
        file_name="stained-glass.jpg",
        title="Stained glass",
        alt_text="A leaded window shows a yellow sun in a blue sky over green land.",
        tags=("abstract", "glass", "colour"),
        album="Paper and colour",
        size=(900, 1125),
        paint=stained_glass,
    ),
    Scene(
        file_name="sixteen-rings.webp",
        title="Sixteen rings",
        alt_text="Sixteen watercolour rings in four rows, no two of them alike.",
        tags=("abstract", "watercolour"),
        album="Paper and colour",
        size=(1000, 1000),
        paint=quilt,
    ),
)
