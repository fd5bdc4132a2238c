"""A cabin in a snowed-up wood."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
    Size,
    below,
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
    size_of,
    smoothstep,
)
from demo.noise import fractal, profile
from demo.scene import Scene
from demo.stencils import Stencil
from demo.trees import stand


def _snowfall(size: Size, rng: np.random.Generator) -> Field:
    """Flakes near and far; the near ones are out of focus."""
    total = np.zeros((size[1], size[0]), dtype=np.float32)
    for count, radius, blur in ((900, 0.0012, 0.0), (220, 0.0035, 0.002), (36, 0.010, 0.006)):
        flakes = Stencil(size)
        for _ in range(count):
            place = (rng.random() * breadth(size), rng.random())
            flakes.disc(place, radius * rng.uniform(0.6, 1.3), rng.uniform(0.4, 0.9))
        total = np.maximum(total, blurred(flakes.cut(), blur) if blur else flakes.cut())
    return total


def snowy_wood(size: Size, rng: np.random.Generator) -> Image.Image:
    """Dusk in a snowed-up wood, one window alight in a cabin."""
    x, y = plane(size)
    picture = gradient(size, (0, "#1b2a4d"), (0.5, "#53689a"), (0.75, "#9aa6c6"), (1, "#7f8fb8"))
    for layer, tone in enumerate(("#5d71a0", "#3c4f7e", "#22325a")):
        line = 0.66 + 0.05 * layer + 0.05 * profile(rng, size[0], 400) * (1 + layer)
        mask = stand(size, rng, line, 0.26 + 0.13 * layer, 0.035 + 0.02 * layer)
        dusting = smoothstep(0.35, 0.75, fractal(rng, size, 16, octaves=4, stretch=1.6)) * 0.6
        above = np.clip(mask - np.roll(mask, 6, axis=0), 0, 1)
        trees = laid(
            np.broadcast_to(colour(tone), picture.shape),
            "#c8d4ee",
            np.maximum(dusting, above) * 0.6,
        )
        picture = laid(picture, trees, mask)
    line = 0.80 - 0.07 * np.exp(-(((x[0] - 0.28) / 0.22) ** 2)) + 0.03 * profile(rng, size[0], 260)
    drift = fractal(rng, size, 90, octaves=5, stretch=3)
    snow = ramp(np.clip((y - line) * 3 + drift * 0.7 - 0.2, 0, 1), (0, "#dfe8fb"), (1, "#5f77ab"))
    picture = laid(picture, snow, below(y, line))
    picture = _cabin(picture, (0.29, 0.765))
    return developed(laid(picture, "#f4f7ff", _snowfall(size, rng) * 0.85), rng)


def _cabin(picture: Canvas, foot: Point) -> Canvas:
    """A cabin of logs with a snowy roof; its window lights up the snow before it."""
    size, (middle, base) = size_of(picture), foot
    x, y = plane(size)
    eaves, ridge = base - 0.06, base - 0.12
    walls = Stencil(size).box((middle - 0.08, eaves), (middle + 0.08, base))
    walls.polygon([(middle - 0.08, eaves), (middle, ridge), (middle + 0.08, eaves)])
    picture = laid(picture, ramp(np.sin(y * 620), (-1, "#1c1416"), (1, "#3c2a26")), walls.cut())
    slopes = [
        (middle - 0.105, base - 0.045),
        (middle, base - 0.128),
        (middle + 0.105, base - 0.045),
    ]
    picture = laid(picture, "#e8effd", Stencil(size).stroke(slopes, 0.024).cut())
    picture = laid(picture, "#ffd27a", _window(size, (middle, base - 0.041)))
    picture = lit(picture, "#ffb257", 0.7 * halo(x, y, (middle, base - 0.04), 0.035))
    pool = np.exp(-(((x - middle) / 0.07) ** 2) - ((y - base - 0.045) / 0.035) ** 2)
    return lit(picture, "#ff9d45", 0.6 * pool)


def _window(size: Size, centre: Point) -> Field:
    """Four panes."""
    x, y = centre
    panes = Stencil(size).box((x - 0.022, y - 0.021), (x + 0.022, y + 0.021))
    panes.stroke([(x, y - 0.03), (x, y + 0.03)], 0.003, 0)
    panes.stroke([(x - 0.03, y), (x + 0.03, y)], 0.003, 0)
    return panes.cut()


SCENES = (
    Scene(
        file_name="cabin-in-the-snow.jpg",
        title="Cabin in the snow",
        alt_text="A log cabin with one lit window stands before a dark wood in falling snow.",
        tags=("winter", "forest", "snow", "night"),
        album="Woods",
        size=(960, 1200),
        paint=snowy_wood,
    ),
)
