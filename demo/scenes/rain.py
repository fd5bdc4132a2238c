"""Rain on a window, the lights of a street behind it."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Size,
    blurred,
    breadth,
    developed,
    gradient,
    laid,
    lit,
    plane,
    shaded,
    smoothstep,
)
from demo.noise import sampled
from demo.scene import Scene
from demo.stencils import Stencil


def _bokeh(size: Size, rng: np.random.Generator) -> Canvas:
    """Street lights far out of focus."""
    picture = gradient(size, (0, "#0c1626"), (0.45, "#20344e"), (0.7, "#3a3448"), (1, "#10131e"))
    for tone in ("#ffb04a", "#ff5a3c", "#ffe0a8", "#4ac0d8", "#ff8a3c", "#6ae0a0"):
        lamps = Stencil(size)
        for _ in range(9):
            place = (rng.random() * breadth(size), np.clip(rng.normal(0.56, 0.15), 0.1, 0.95))
            lamps.disc(place, rng.uniform(0.02, 0.05), rng.uniform(0.35, 0.85))
        picture = lit(picture, tone, 0.8 * blurred(lamps.cut(), 0.004))
    return picture


def _drops(size: Size, rng: np.random.Generator) -> Field:
    """How far the water bulges (height, width, 0 to 1) where drops cling to a pane."""
    x, y = plane(size)
    bulge = np.zeros((size[1], size[0]), dtype=np.float32)
    for _ in range(420):
        radius = 0.003 + 0.022 * rng.power(0.35)
        middle = (rng.random() * breadth(size), rng.random())
        top, left = int((middle[1] - radius * 2) * size[1]), int((middle[0] - radius) * size[1])
        rows = slice(max(top, 0), max(int((middle[1] + radius) * size[1]) + 1, 0))
        columns = slice(max(left, 0), max(int((middle[0] + radius) * size[1]) + 1, 0))
        right, down = (x[:, columns] - middle[0]) / radius, (y[rows] - middle[1]) / radius
        down = np.where(down < 0, down * 0.8, down)
        dome = np.sqrt(np.maximum(1 - right**2 - down**2, 0)) * radius / 0.025
        bulge[rows, columns] = np.maximum(bulge[rows, columns], dome)
    return bulge


def rainy_window(size: Size, rng: np.random.Generator) -> Image.Image:
    """City lights behind a wet window; every drop holds the street upside down."""
    x, y = plane(size)
    street = _bokeh(size, rng)
    bulge = _drops(size, rng)
    down, right = np.gradient(bulge)
    lens = 900 * np.stack([down, right])
    rows = y * size[1] + lens[0]
    columns = x * size[1] + lens[1]
    seen = np.stack(
        [sampled(np.ascontiguousarray(street[..., i]), rows, columns) for i in range(3)], axis=2
    )
    wet = smoothstep(0.0, 0.08, bulge)
    picture = laid(street * 0.82, seen * 1.15, wet)
    picture = shaded(picture, 0.6 * np.clip(-down * 14, 0, 1) * wet)
    return developed(
        lit(picture, "#ffffff", np.clip((down + right) * 6 - 0.25, 0, 0.85) * wet), rng
    )


SCENES = (
    Scene(
        file_name="rain-on-the-window.jpg",
        title="Rain on the window",
        alt_text="Drops cling to a window; behind it the lights of a street are blurred discs.",
        tags=("night", "city", "rain"),
        album="After dark",
        size=(900, 1350),
        paint=rainy_window,
    ),
)
