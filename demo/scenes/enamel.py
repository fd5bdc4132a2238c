"""Enamel mugs from a shop's catalogue: one photograph for each colour."""

from functools import partial

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Size,
    blurred,
    colour,
    developed,
    dropped,
    gradient,
    halo,
    laid,
    lit,
    plane,
    shaded,
    size_of,
    smoothstep,
)
from demo.lathe import turned
from demo.noise import fractal
from demo.scene import Scene
from demo.solids import glazed, shadowed, vessel
from demo.stencils import Stencil

TEMPLATE = "enamel-mug"

TOP, TALL = (0.46, 0.30), 0.46
MUG = vessel((0, 0.40), (0.03, 0.385), (0.85, 0.375), (0.95, 0.35), (1, 0.30))
LIGHT = (-0.65, -0.5, 0.6)


def mug(glaze: str, size: Size, rng: np.random.Generator) -> Image.Image:
    """An enamel mug with a steel rim on a pale ground, in one colour."""
    x, y = plane(size)
    picture = gradient(size, (0, "#e9e6e0"), (0.6, "#f3f1ec"), (0.75, "#dcd7ce"), (1, "#cbc4b8"))
    picture = lit(picture, "#ffffff", 0.3 * halo(x, y, (0.2, 0.2), 0.35))
    picture = shadowed(picture, (TOP[0], TOP[1] + TALL - 0.01), 0.17, 2.6, "#4a4036", 0.7)
    picture = _handle(picture, glaze)
    speckle = smoothstep(0.70, 0.80, fractal(rng, size, 7, octaves=2))
    coat = laid(np.broadcast_to(colour(glaze), picture.shape), "#f4f1ea", 0.75 * speckle)
    body = turned(x, y, TOP, TALL, MUG)
    picture = glazed(picture, body, coat, LIGHT, gloss=0.5, bounce="#b8aa98")
    return developed(_mouth(picture), rng, vignette=0.08)


def _handle(picture: Canvas, glaze: str) -> Canvas:
    """The handle on the right: a bent strap with light along its upper edge."""
    size = size_of(picture)
    turn = np.linspace(-1.35, 1.35, 40)
    across, down = TOP[0] + 0.135 + 0.140 * np.cos(turn), TOP[1] + 0.20 + 0.125 * np.sin(turn)
    strap = Stencil(size).stroke(list(zip(across, down, strict=True)), 0.036).cut()
    picture = shaded(picture, 0.25 * blurred(dropped(strap, 0.02, 0.02), 0.012), "#4a4036")
    picture = laid(picture, colour(glaze) * 0.72, strap)
    upper = np.clip(strap - dropped(strap, 0.010, 0.0), 0, 1)
    return lit(picture, "#ffffff", 0.35 * upper)


def _mouth(picture: Canvas) -> Canvas:
    """The steel rim, and the white enamel inside."""
    x, y = plane(size_of(picture))
    radius = 0.40 * TALL
    reach: Field = np.hypot((x - TOP[0]) / radius, (y - TOP[1] - 0.004) / (radius * 0.22))
    picture = laid(picture, "#5b6066", smoothstep(1.04, 1.01, reach))
    depth = smoothstep(-0.8, 1.0, (x - TOP[0]) / radius)
    inside = colour("#bdb8ae") + (colour("#f6f4ef") - colour("#bdb8ae")) * depth[..., None]
    return laid(picture, inside, smoothstep(0.96, 0.93, reach))


SCENES = tuple(
    Scene(
        file_name=f"enamel-mug-{name}.jpg",
        title=f"Enamel mug, {name}",
        alt_text=f"A {name} enamel mug with white speckles stands on a pale ground.",
        tags=("still-life", "shop", name),
        album="",
        size=(1000, 1000),
        paint=partial(mug, glaze),
        template=TEMPLATE,
    )
    for name, glaze in (("red", "#b5322c"), ("blue", "#24508f"))
)
