"""A city after dark: its skyline, fireworks over its bridge."""

from itertools import pairwise

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
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
    shaded,
    size_of,
    smoothstep,
)
from demo.noise import fractal
from demo.scene import Scene
from demo.skies import stars
from demo.stencils import Stencil
from demo.waters import mirrored

WINDOW_TONES = np.stack(
    [colour(c) for c in ("#ffd58a", "#ffb765", "#fff1cf", "#9fc6ff", "#ffe3a8")]
)


def _tower(
    picture: Canvas, corner: Point, wide: float, foot: float, near: float, rng: np.random.Generator
) -> None:
    """Build one tower in place: a wall lighter at the lit side, floors of windows, some alight."""
    unit = picture.shape[0]
    left, right = max(int(corner[0] * unit), 0), int((corner[0] + wide) * unit)
    top, bottom = int(corner[1] * unit), int(foot * unit)
    wall = picture[top:bottom, left:right]
    if not wall.size:
        return
    tone = colour("#3a4468") + (colour("#0c1122") - colour("#3a4468")) * near
    wall[:] = tone * np.linspace(1.35, 0.7, wall.shape[1], dtype=np.float32)[None, :, None]
    pitch, gap = int(6 + 5 * near), 2 + int(2 * near)
    floors, columns = wall.shape[0] // pitch, max(wall.shape[1] // (pitch - 1), 1)
    alight = rng.random((floors, columns)) < rng.uniform(0.15, 0.55)
    tones = WINDOW_TONES[rng.integers(0, 5, (floors, columns))] * rng.uniform(
        0.35, 1, (floors, columns, 1)
    )
    for floor in range(1, floors):
        for column in np.flatnonzero(alight[floor]):
            row, place = floor * pitch, column * (pitch - 1) + 2
            wall[row : row + pitch - gap, place : place + pitch - gap - 1] = tones[floor, column]


def skyline(size: Size, rng: np.random.Generator) -> Image.Image:
    """A city across the water, its lights trembling in the river."""
    _, y = plane(size)
    glow = ((0, "#0a1030"), (0.35, "#28306a"), (0.6, "#9a5a7c"), (0.72, "#f0a070"), (1, "#f0a070"))
    picture = gradient(size, *glow)
    picture = lit(picture, "#ffffff", 0.8 * stars(size, rng, 220) * smoothstep(0.35, 0.0, y))
    for row in range(3):
        _build_row(picture, row, rng)
        picture = laid(picture, "#d08a80", 0.22 * (1 - row / 2) * smoothstep(0.35, 0.7, y))
    picture = mirrored(_landmark(picture, (1.16, 0.70)), 0.715, rng, ripple=0.16)
    return developed(shaded(picture, smoothstep(0.712, 0.72, y) * 0.35, "#1a2050"), rng)


def _build_row(picture: Canvas, row: int, rng: np.random.Generator) -> None:
    """Build a row of towers in place, highest around two centres; row 0 is the furthest."""
    left = -0.02
    while left < breadth(size_of(picture)):
        wide = rng.uniform(0.035, 0.075) * (1 + 0.25 * row)
        centre = np.exp(-(((left - 1.15) / 0.42) ** 2))
        centre += 0.55 * np.exp(-(((left - 0.35) / 0.2) ** 2))
        tall = (0.10 + 0.38 * centre * rng.uniform(0.5, 1.15)) * (1.0, 0.85, 0.55)[row]
        _tower(picture, (left, 0.70 - tall), wide, 0.71, row / 2, rng)
        left += wide * rng.uniform(0.8, 1.5)


def _landmark(picture: Canvas, foot: Point) -> Canvas:
    """A slender tower with a spire and a red lamp."""
    size, (middle, base) = size_of(picture), foot
    x, y = plane(size)
    walls = [(middle - 0.034, base), (middle - 0.016, base - 0.46)]
    walls += [(middle + 0.016, base - 0.46), (middle + 0.034, base)]
    body = (
        Stencil(size).polygon(walls).stroke([(middle, base - 0.45), (middle, base - 0.58)], 0.004)
    )
    picture = laid(picture, ramp((x - middle) / 0.034, (-1, "#46507c"), (1, "#0d1226")), body.cut())
    floors = (np.sin(y * 400) > 0.55) * (y > base - 0.45) * (y < base)
    middle_part = smoothstep(0.012, 0.008, np.abs(x - middle))
    picture = laid(picture, "#ffd894", floors * middle_part * 0.85)
    return lit(picture, "#ff4a3a", 0.95 * halo(x, y, (middle, base - 0.58), 0.007))


def _burst(size: Size, middle: Point, reach: float, rng: np.random.Generator) -> Field:
    """The trails of one shell: sparks that fly apart and begin to fall."""
    light, time = Stencil(size), np.linspace(0.25, 1, 9)
    for spark in range(64):
        angle = spark * 2 * np.pi / 64 + rng.normal(0, 0.03)
        speed = reach * rng.choice((1.0, 0.97, 0.7, 0.42)) * rng.uniform(0.92, 1.05)
        xs = middle[0] + np.cos(angle) * speed * time
        ys = middle[1] + np.sin(angle) * speed * time + 0.22 * reach * time**2
        flight = list(zip(xs, ys, strict=True))
        for part, age in zip(pairwise(flight), time, strict=False):
            light.stroke(part, 0.0018, 0.15 + 0.75 * age**2)
        light.disc(flight[-1], 0.0028)
    return light.cut()


SHELLS = (
    ("#ffcf6a", (0.52, 0.27), 0.23),
    ("#ff5a6e", (0.20, 0.43), 0.15),
    ("#6ad0ff", (0.66, 0.54), 0.11),
    ("#c9a0ff", (0.16, 0.15), 0.10),
)
"""The colour, the middle and the reach of every shell."""


def fireworks(size: Size, rng: np.random.Generator) -> Image.Image:
    """Fireworks over a bridge and its reflection."""
    x, y = plane(size)
    picture = gradient(size, (0, "#05071a"), (0.6, "#151a3c"), (0.8, "#3a2a4a"), (1, "#3a2a4a"))
    smoke = fractal(rng, size, 260, octaves=5) * np.exp(-(((y - 0.4) / 0.3) ** 2))
    picture = lit(picture, "#6a4a6a", 0.5 * smoke)
    for tone, middle, reach in SHELLS:
        trails = _burst(size, middle, reach, rng)
        picture = lit(picture, tone, 0.22 * halo(x, y, middle, reach * 0.6))
        picture = lit(picture, tone, np.clip(trails + 1.6 * blurred(trails, 0.008), 0, 1))
        picture = lit(picture, "#ffffff", trails**3)
    picture = laid(picture, "#06070f", _bridge(size))
    for lamp in np.arange(0.03, 0.8, 0.077):
        picture = lit(picture, "#ffd08a", 0.95 * halo(x, y, (lamp, 0.772), 0.004))
    return developed(mirrored(picture, 0.825, rng, ripple=0.16), rng)


def _bridge(size: Size) -> Field:
    """A bridge of five arches, and the dark bank behind it."""
    stencil = Stencil(size).box((-0.1, 0.785), (1.0, 0.83))
    for arch in range(6):
        stencil.disc((0.07 + 0.155 * arch, 0.832), 0.036, 0)
    return stencil.cut()


SCENES = (
    Scene(
        file_name="city-across-the-river.jpg",
        title="The city across the river",
        alt_text="Towers full of lit windows stand along a river that doubles them.",
        tags=("night", "city", "reflection"),
        album="After dark",
        size=(1440, 810),
        paint=skyline,
        taken="2024:11:22 17:40:05",
    ),
    Scene(
        file_name="fireworks-over-the-bridge.jpg",
        title="Fireworks over the bridge",
        alt_text="Golden, red, blue and violet fireworks open above a bridge with lamps.",
        tags=("night", "city", "celebration"),
        album="After dark",
        size=(900, 1125),
        paint=fireworks,
        taken="2025:01:01 00:03:58",
    ),
)
