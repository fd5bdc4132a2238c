"""Night skies: the northern lights, the Milky Way."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Point,
    Size,
    below,
    breadth,
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
from demo.noise import fractal, profile
from demo.scene import Scene
from demo.skies import stars
from demo.stencils import Stencil
from demo.trees import stand
from demo.waters import mirrored


def _curtain(size: Size, rng: np.random.Generator, hem: Field, tall: float) -> Field:
    """One curtain of the northern lights: bright at its hem, fading upwards in fine rays."""
    _, y = plane(size)
    rays = profile(rng, size[0], 26, octaves=4, gain=0.7) * profile(rng, size[0], 300, octaves=2)
    reach = tall * (0.35 + 0.9 * profile(rng, size[0], 60, octaves=4))
    up = hem - y
    return np.where(up > 0, np.exp(-up / reach), np.exp(up / 0.012)) * (0.12 + rays)


def aurora(size: Size, rng: np.random.Generator) -> Image.Image:
    """Northern lights over a forest lake."""
    x, y = plane(size)
    along = x[0] / breadth(size)
    picture = gradient(size, (0, "#060a1e"), (0.5, "#0f2238"), (0.7, "#1f4450"), (1, "#1f4450"))
    picture = lit(picture, "#ffffff", stars(size, rng, 900))
    for lift, tall, bend in ((0.44, 0.20, 0.0), (0.36, 0.26, 1.4), (0.52, 0.12, 3.0)):
        hem = lift + 0.10 * np.sin(along * 6.5 + bend) - 0.16 * along
        picture = _veiled(picture, hem + 0.05 * profile(rng, size[0], 200), tall, rng)
    shore = 0.70 - 0.06 * np.abs(along - 0.55) - 0.02 * profile(rng, size[0], 180)
    picture = laid(picture, "#04090e", stand(size, rng, shore, 0.12, 0.014))
    picture = mirrored(picture, 0.735, rng)
    return developed(shaded(picture, 0.3 * (y > 0.735), "#0a2030"), rng)


def _veiled(picture: Canvas, hem: Field, tall: float, rng: np.random.Generator) -> Canvas:
    """The sky behind one more curtain, green at its hem and violet far above."""
    size = size_of(picture)
    _, y = plane(size)
    up = (hem - y) / (tall * 1.8)
    hue = ramp(up, (0, "#8cffb0"), (0.3, "#2ee6a0"), (0.65, "#4a7fe0"), (1, "#a04adc"))
    return lit(picture, hue, _curtain(size, rng, hem, tall))


def milky_way(size: Size, rng: np.random.Generator) -> Image.Image:
    """The Milky Way over a tent with its lamp lit."""
    x, y = plane(size)
    picture = gradient(size, (0, "#070b1c"), (0.6, "#16264a"), (0.85, "#4a4a6a"), (1, "#6a5560"))
    aside = (x - 0.40) * 0.86 + (y - 0.45) * 0.5
    gas, dust = (fractal(rng, size, 240, octaves=7, gain=0.58) for _ in range(2))
    band = np.exp(-((aside / (0.13 + 0.05 * y)) ** 2))
    core = np.exp(-((aside / 0.05) ** 2)) * smoothstep(0.1, 0.75, y)
    picture = lit(
        picture, ramp(gas, (0.2, "#4a5fa0"), (0.55, "#b48ab8"), (0.9, "#ffd9b0")), band * gas * 0.75
    )
    picture = lit(picture, "#ffdcae", core * 0.45 * gas)
    lanes = smoothstep(0.5, 0.75, dust) * np.exp(-(((aside + 0.015) / 0.07) ** 2))
    picture = shaded(picture, 0.85 * lanes, "#1a1424")
    faint = stars(size, rng, 9000) * (0.15 + 0.85 * band) * (1 - 0.7 * lanes)
    picture = lit(picture, "#fff8f0", np.maximum(faint, stars(size, rng, 700)))
    hill = 0.86 + 0.09 * np.sin(x[0] * 5 + 2) - 0.06 * profile(rng, size[0], 200)
    picture = laid(picture, "#0a0c16", below(y, hill))
    return developed(_tent(picture, (0.40, 0.905)), rng)


def _tent(picture: Canvas, foot: Point) -> Canvas:
    """A small tent glowing from inside."""
    size = size_of(picture)
    x, y = plane(size)
    left, base = foot
    sheet = Stencil(size).polygon(
        [
            (left - 0.075, base),
            (left - 0.01, base - 0.075),
            (left + 0.05, base - 0.06),
            (left + 0.085, base),
        ]
    )
    inner = ramp(
        halo(x, y, (left, base - 0.012), 0.045), (0, "#7a2a10"), (0.5, "#f08a2c"), (1, "#fff0b0")
    )
    picture = lit(picture, "#ff9a40", 0.55 * halo(x, y, (left, base - 0.02), 0.045))
    picture = laid(picture, inner, sheet.cut())
    seams = Stencil(size).stroke([(left - 0.01, base - 0.075), (left - 0.02, base)], 0.002)
    seams.stroke([(left - 0.01, base - 0.075), (left + 0.03, base)], 0.002)
    return shaded(picture, seams.cut() * 0.6, "#5a1c08")


SCENES = (
    Scene(
        file_name="northern-lights.jpg",
        title="Northern lights",
        alt_text="Green curtains of northern lights hang over a forest and a black lake.",
        tags=("night", "aurora", "forest", "stars"),
        album="After dark",
        size=(1350, 900),
        paint=aurora,
        taken="2024:03:08 23:47:10",
    ),
    Scene(
        file_name="milky-way-and-tent.jpg",
        title="The Milky Way and a tent",
        alt_text="The Milky Way rises steeply above a hill on which a tent glows orange.",
        tags=("night", "stars", "camping"),
        album="After dark",
        size=(900, 1350),
        paint=milky_way,
        taken="2024:08:11 01:16:42",
    ),
)
