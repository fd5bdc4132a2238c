"""A small harbour at dusk."""

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Size,
    below,
    blurred,
    developed,
    gradient,
    halo,
    laid,
    lit,
    plane,
    shaded,
    size_of,
    smoothstep,
)
from demo.noise import profile
from demo.scene import Scene
from demo.skies import clouds, stars, sunlit_clouds
from demo.stencils import Stencil
from demo.waters import mirrored

QUAY = 0.62
"""The y of the waterline."""


def harbour(size: Size, rng: np.random.Generator) -> Image.Image:
    """A small harbour at dusk: masts, lit windows on the hill, all of it in the water again."""
    x, y = plane(size)
    picture = _evening(size, rng)
    hill = 0.52 - 0.26 * smoothstep(0.85, 0.1, x[0]) - 0.06 * profile(rng, size[0], 220)
    picture = laid(picture, "#3a2f55", below(y, hill))
    for row, tone in enumerate(("#5a4a70", "#71597c", "#8a6a80", "#a57d80")):
        line = hill + (0.60 - hill) * (0.28 + 0.24 * row)
        picture = _terrace(picture, line, tone, rng)
    picture = _lamps(_moored(picture, rng))
    picture = mirrored(picture, QUAY, rng)
    return developed(shaded(picture, 0.35 * smoothstep(0.6, 1.0, y), "#2a2f60"), rng)


def _evening(size: Size, rng: np.random.Generator) -> Canvas:
    """The sky after sunset with its first stars."""
    _, y = plane(size)
    sky = gradient(size, (0, "#22305e"), (0.3, "#8a6a94"), (0.5, "#f2a37e"), (1, "#f2a37e"))
    sky = lit(sky, "#ffffff", stars(size, rng, 160) * smoothstep(0.25, 0.0, y) * 0.7)
    thick = clouds(size, 0.55, rng, cover=0.5, scale=60) * 0.8
    return sunlit_clouds(sky, thick, "#ffb59a", "#5d4a78")


def _terrace(picture: Canvas, line: Field, tone: str, rng: np.random.Generator) -> Canvas:
    """A row of gabled houses along a line on the hill, lights in half of their windows."""
    size, left = size_of(picture), -0.01
    walls, roofs, panes = Stencil(size), Stencil(size), Stencil(size)
    while left < 1.0:
        wide = rng.uniform(0.030, 0.050)
        base = float(line[int(max(left, 0) * size[1])]) + 0.012
        eaves, right = base - wide * rng.uniform(0.7, 1.2), left + wide
        walls.box((left, eaves), (right, base + 0.03))
        gable = (left + wide / 2, eaves - wide * rng.uniform(0.35, 0.6))
        roofs.polygon([(left - 0.004, eaves), gable, (right + 0.004, eaves)])
        for pane in np.flatnonzero(rng.random(3) < 0.5):
            corner = (left + wide * (0.16 + 0.27 * pane), eaves + 0.3 * (base - eaves))
            panes.box(corner, (corner[0] + 0.005, corner[1] + 0.008))
        left = right + wide * rng.uniform(0.1, 0.9)
    glow = panes.cut()
    picture = laid(laid(picture, tone, walls.cut()), "#46304c", roofs.cut())
    return lit(laid(picture, "#ffdf94", glow), "#ff9d4a", blurred(glow, 0.006))


def _moored(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """Fishing boats and yachts moored along the quay."""
    size = size_of(picture)
    masts, hulls = Stencil(size), Stencil(size).box((-0.1, 0.603), (1.2, 0.63))
    for place in (0.18, 0.34, 0.47, 0.63, 0.80, 0.98, 1.16, 1.35):
        long, tall = rng.uniform(0.05, 0.08), rng.uniform(0.16, 0.34)
        bow, stern, top = place + long * 1.1, place - long, (place + 0.004, 0.6 - tall)
        keel = [(place + long * 0.8, QUAY + 0.002), (place - long * 0.85, QUAY + 0.002)]
        hulls.polygon([(stern, 0.585), (bow, 0.578), *keel])
        hulls.box((place - long * 0.4, 0.562), (place + long * 0.3, 0.59))
        masts.stroke([(place, 0.6), top], 0.0036)
        masts.stroke([(stern, 0.585), top, (bow, 0.58)], 0.0011, 0.6)
        masts.stroke([(place, 0.56), (place - long * 0.9, 0.556)], 0.005)
    return laid(laid(picture, "#1d1830", masts.cut()), "#241d38", hulls.cut())


def _lamps(picture: Canvas) -> Canvas:
    """Lamps along the quay."""
    x, y = plane(size_of(picture))
    for lamp in ((0.1, 0.54), (0.41, 0.55), (0.72, 0.55), (1.07, 0.56), (1.26, 0.562)):
        picture = lit(picture, "#ffc46a", 0.9 * halo(x, y, lamp, 0.008))
    return picture


SCENES = (
    Scene(
        file_name="harbour-at-dusk.jpg",
        title="Harbour at dusk",
        alt_text="Masts and the lit houses of a hillside village are mirrored in a calm harbour.",
        tags=("sea", "town", "dusk", "reflection"),
        album="By the sea",
        size=(1350, 900),
        paint=harbour,
        taken="2024:08:15 21:02:33",
    ),
)
