"""Worlds: a ringed planet, the full moon, dawn seen from orbit."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Size,
    colour,
    developed,
    distance,
    gradient,
    halo,
    laid,
    lit,
    plane,
    ramp,
    shaded,
    smoothstep,
)
from demo.noise import fractal, sampled
from demo.scene import Scene
from demo.skies import stars

MOON_MAP = 1000
"""The side of the map of the moon in pixels."""


def _space(size: Size, rng: np.random.Generator, tone: str) -> Canvas:
    """Stars before a faint nebula."""
    gas = fractal(rng, size, 420, octaves=6, gain=0.55)
    picture = lit(gradient(size, (0, "#04050c"), (1, "#0a0a18")), tone, 0.55 * gas**3)
    return lit(picture, "#ffffff", stars(size, rng, 1100))


def ringed_planet(size: Size, rng: np.random.Generator) -> Image.Image:
    """A banded gas giant; its rings throw a shadow on it, and it throws one on them."""
    x, y = plane(size)
    middle, radius, tilt = (0.98, 0.50), 0.27, -0.36
    right, down = x - middle[0], y - middle[1]
    along = right * np.cos(tilt) + down * np.sin(tilt)
    across = down * np.cos(tilt) - right * np.sin(tilt)
    picture = _space(size, rng, "#4a3a7a")
    ring, opaque = _rings(np.hypot(along, across / 0.26) / radius, rng)
    planet = _giant(along / radius, across / radius, rng)
    shadow = smoothstep(1.05, 0.9, np.abs(across + 0.35 * along) / radius) * (along > 0)
    ring = shaded(ring, 0.92 * shadow * (across < 0.02))
    picture = laid(picture, ring, opaque * (across < 0))
    ball = smoothstep(radius + 0.001, radius - 0.001, distance(x, y, middle))
    picture = laid(picture, planet, ball)
    return developed(laid(picture, ring, opaque * (across >= 0)), rng, vignette=0.3)


def _rings(reach: Field, rng: np.random.Generator) -> tuple[Canvas, Field]:
    """The colour and the opacity of rings, by distance in planet radii."""
    groove = fractal(rng, (900, 1), 90, octaves=6, gain=0.7)[0]
    density = np.interp(reach, np.linspace(1.25, 2.35, 900), groove).astype(np.float32)
    gap = smoothstep(0.018, 0.035, np.abs(reach - 1.95))
    inside = smoothstep(1.25, 1.32, reach) * smoothstep(2.35, 2.31, reach)
    tone = ramp(density, (0, "#6a5a50"), (0.5, "#cdb48e"), (1, "#fff0d0"))
    return tone, inside * gap * (0.25 + 0.75 * density)


def _giant(along: Field, across: Field, rng: np.random.Generator) -> Canvas:
    """Bands of storm clouds on a ball lit from the left."""
    near = np.sqrt(np.maximum(1 - along**2 - across**2, 0))
    swirl = fractal(rng, (900, 900), 130, octaves=6, stretch=3)
    latitude = across * 0.94 + near * 0.26
    flow = sampled(swirl, (latitude + 1.3) * 330, (along + 1.5) * 280 / (0.55 + 0.45 * near))
    bands = 0.5 + 0.33 * np.sin(latitude * 17 + 2.2 * flow) + 0.2 * np.sin(latitude * 41 + 4 * flow)
    tone = ramp(bands, (0, "#8a5a3a"), (0.35, "#c99a6a"), (0.6, "#ecd2a4"), (1, "#fff4da"))
    light = np.clip(-0.72 * along - 0.28 * across + 0.62 * near, 0, 1)
    ring_shadow = np.exp(-(((across * 0.97 + 0.10 * near - 0.02) / 0.045) ** 2))
    return shaded(tone * (0.03 + 1.05 * light)[..., None], 0.55 * ring_shadow)


def _craters(rng: np.random.Generator, side: int) -> Field:
    """A map of heights with some hundred craters, few large and many small."""
    ground = 0.4 * fractal(rng, (side, side), 200, octaves=7, gain=0.55)
    for _ in range(420):
        radius = int(5 + 75 * (1 - rng.power(4.0)))
        top, left = rng.integers(0, side - 2 * radius, 2)
        y, x = np.mgrid[-1 : 1 : 2j * radius, -1 : 1 : 2j * radius].astype(np.float32)
        reach = np.hypot(x, y)
        bowl = np.where(reach < 0.75, (reach / 0.75) ** 2 - 0.75, 0.25 * smoothstep(1, 0.75, reach))
        ground[top : top + 2 * radius, left : left + 2 * radius] += bowl * radius * 0.02
    return ground


def moon(size: Size, rng: np.random.Generator) -> Image.Image:
    """A gibbous moon, its craters deepest along the edge of the shadow."""
    x, y = plane(size)
    right, down = (x - 0.5) / 0.40, (y - 0.5) / 0.40
    picture = gradient(size, (0, "#070a14"), (1, "#0c1020"))
    picture = lit(picture, "#ffffff", stars(size, rng, 260) * 0.6)
    picture = lit(picture, "#8fa0c8", 0.28 * halo(x, y, (0.56, 0.47), 0.30))
    ball = smoothstep(1.003, 0.997, np.hypot(right, down))
    return developed(laid(picture, _moonscape(right, down, rng), ball), rng)


def _moonscape(right: Field, down: Field, rng: np.random.Generator) -> Canvas:
    """The face of the moon by distance from its middle in radii, lit from the upper right."""
    near = np.sqrt(np.maximum(1 - right**2 - down**2, 0))
    # The map is drawn together towards the rim, where the ground is seen at a slant.
    scale = MOON_MAP * 0.36 * (1.35 - 0.35 * near)
    rows, columns = down * scale + MOON_MAP / 2, right * scale + MOON_MAP / 2
    ground = _craters(rng, MOON_MAP) * 26
    tilt = 0.35 * np.gradient(ground, axis=0) + 0.75 * np.gradient(ground, axis=1)
    slope = -sampled(tilt, rows, columns)
    light = np.clip(0.75 * right - 0.25 * down + 0.62 * near + 0.16 + slope * 0.24, 0, 1)
    basins = fractal(rng, (MOON_MAP, MOON_MAP), 260, octaves=6)
    seas = smoothstep(0.55, 0.72, sampled(basins, rows, columns))
    face: Canvas = laid(colour("#dbd6cc"), "#6d6b70", seas * 0.85) * light[..., None]
    return face


def orbit(size: Size, rng: np.random.Generator) -> Image.Image:
    """Sunrise over the rim of a blue planet, weather below."""
    x, y = plane(size)
    middle, radius = (0.62, 2.62), 2.12
    height = distance(x, y, middle) - radius
    rise = (1.18, middle[1] - float(np.sqrt(radius**2 - (1.18 - middle[0]) ** 2)))
    picture = _space(size, rng, "#1a2a5a")
    inside = np.maximum(-height, 0.003)
    rows, columns = 90 / (inside + 0.10), (x - middle[0]) * 330 / (inside + 0.35) + 900
    cloud_map = fractal(rng, (1024, 1024), 150, octaves=7, gain=0.55)
    twist = 60 * sampled(fractal(rng, (512, 512), 128, octaves=3), rows * 0.5, columns * 0.5)
    cloud = smoothstep(0.48, 0.72, sampled(cloud_map, rows * 1.6 + twist, columns + twist))
    sun_side = np.exp(-((distance(x, y, rise) / 0.75) ** 2))
    sea = ramp(sun_side, (0, "#04102e"), (0.5, "#124a86"), (1, "#5aa0d0"))
    ground = laid(
        sea, ramp(sun_side, (0, "#2a3a5e"), (0.5, "#b7c6dc"), (1, "#fff0dc")), cloud * 0.9
    )
    picture = laid(picture, ground, smoothstep(0.002, -0.002, height))
    air = np.where(height > 0, np.exp(-height / 0.016), np.exp(height / 0.05))
    picture = lit(picture, "#4aa8ff", np.clip(air * (0.35 + 0.8 * sun_side), 0, 1) * 0.9)
    picture = lit(picture, "#ffd9a0", 0.9 * halo(x, y, rise, 0.045))
    flare = np.exp(-np.abs(y - rise[1]) / 0.004) * np.exp(-np.abs(x - rise[0]) / 0.25)
    return developed(lit(picture, "#fff4dc", np.clip(flare + halo(x, y, rise, 0.02), 0, 1)), rng)


SCENES = (
    Scene(
        file_name="ringed-planet.jpg",
        title="Ringed planet",
        alt_text="A banded planet with tilted rings floats among the stars.",
        tags=("space", "planet"),
        album="Worlds",
        size=(1440, 810),
        paint=ringed_planet,
    ),
    Scene(
        file_name="gibbous-moon.jpg",
        title="Gibbous moon",
        alt_text="The moon, not quite full, is covered with craters large and small.",
        tags=("space", "moon", "night"),
        album="Worlds",
        size=(1000, 1000),
        paint=moon,
    ),
    Scene(
        file_name="sunrise-from-orbit.jpg",
        title="Sunrise from orbit",
        alt_text="The sun comes up behind the blue rim of a cloudy planet.",
        tags=("space", "planet", "sunrise"),
        album="Worlds",
        size=(1440, 810),
        paint=orbit,
    ),
)
