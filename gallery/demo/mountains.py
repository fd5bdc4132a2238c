"""Mountains at different hours, and the mesas of a desert."""

import numpy as np
from PIL import Image

from gallery.demo.canvas import (
    Canvas,
    Field,
    Size,
    below,
    blurred,
    breadth,
    developed,
    gradient,
    halo,
    laid,
    lit,
    plane,
    ramp,
    resized,
    smoothstep,
)
from gallery.demo.noise import creased, fractal, profile, sampled
from gallery.demo.scene import Scene
from gallery.demo.terrain import Camera, View, seen, sunlight

MAP = (1024, 1024)


def _alps(rng: np.random.Generator, height: float) -> Field:
    """A map of sharp ridges that rise away from the camera."""
    ridges = fractal(rng, MAP, 420, octaves=8, gain=0.48, shape=creased)
    away = np.linspace(0, 1, MAP[1], dtype=np.float32)[:, None]
    return ridges * height * smoothstep(0.02, 0.75, away)


def _snowy(heights: Field, rng: np.random.Generator, line: float) -> Field:
    """Where snow lies: above a ragged line, and not on walls too steep to hold it."""
    away, across = np.gradient(heights, 1 / len(heights))
    steep = np.hypot(away, across)
    ragged = line * (0.75 + 0.5 * fractal(rng, MAP, 60, octaves=5))
    return smoothstep(0.0, 0.05, heights - ragged) * smoothstep(1.9, 1.0, steep)


def _stone(light: Field, snow: Field, rock: str, white: str, sun: str, shade: str) -> Canvas:
    """Rock and snow under the sun's colour and the sky's."""
    ground = laid(ramp(light * 0, (0, rock), (1, rock)), white, snow)
    return ground * ramp(np.clip(light * 1.5, 0, 1), (0, shade), (0.45, sun), (1, "#ffffff"))


def alpenglow(size: Size, rng: np.random.Generator) -> Image.Image:
    heights = _alps(rng, 0.42)
    view = seen(heights, Camera(eye=0.25, horizon=0.52, focal=1.55, near=0.12), size)
    light = view.of(sunlight(heights, (-1.0, -0.35), 0.5))
    snow = view.of(_snowy(heights, rng, 0.14))
    land = _stone(light, snow, "#5d5560", "#fff6f0", "#ff9d7a", "#3d4a78")
    sky = gradient(size, (0, "#2f4a86"), (0.3, "#8f86b8"), (0.5, "#f2b5a0"), (0.62, "#ffdcae"))
    haze = 1 - np.exp(-1.1 * view.depth - np.exp(-view.of(heights) * 16) * view.depth * 3)
    land = laid(land, "#c9a4b4", np.clip(haze, 0, 1))
    return developed(laid(sky, land, view.cover), rng)

SCENES = (
    Scene("alpenglow.jpg","t","a",(), "", (1500,1000), alpenglow),
)
