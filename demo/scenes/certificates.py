"""Certificates of a swimming club: one template, filled in with different names."""

from functools import partial

import numpy as np
from PIL import Image

from demo.canvas import Canvas, Field, Size, breadth, developed, laid, plane, shaded, size_of
from demo.noise import fractal
from demo.scene import Scene
from demo.scenes.cards import printed
from demo.scenes.materials import paper
from demo.stencils import Stencil

TEMPLATE = "swimming-certificate"

LINES = (
    ("SEA BATHERS OF NORTH LIGHT", 0.155, 0.034, "#8a6a2f"),
    ("Certificate", 0.265, 0.125, "#1c3f5e"),
    ("This is to certify that", 0.385, 0.036, "#4a4238"),
    ("has swum from the harbour to the lighthouse", 0.605, 0.036, "#4a4238"),
    ("twelve hundred metres in open water", 0.655, 0.030, "#4a4238"),
)
"""Every line of the template with its y, its height and its ink."""


def certificate(name: str, size: Size, rng: np.random.Generator) -> Image.Image:
    """A certificate in a double border, with waves below, a seal and one swimmer's name."""
    middle = breadth(size) / 2
    picture = _bordered(paper(size, rng, "#f4ecd8"))
    picture = shaded(picture, 0.35 * _swell(size), "#5f93b4")
    for text, y, tall, ink in LINES:
        picture = printed(picture, text, (middle, y), tall, ink)
    picture = printed(picture, name, (middle, 0.49), 0.085, "#26304a")
    return developed(_sealed(_signed(picture, rng), rng), rng)


def _bordered(picture: Canvas) -> Canvas:
    """A thick and a thin line around the sheet, and a square in each corner."""
    size = size_of(picture)
    wide = breadth(size)
    border = Stencil(size)
    for inset, thick in ((0.045, 0.012), (0.070, 0.003)):
        border.box((inset, inset), (wide - inset, 1 - inset))
        inner = inset + thick
        border.box((inner, inner), (wide - inner, 1 - inner), 0)
    for x in (0.058, wide - 0.058):
        for y in (0.058, 1 - 0.058):
            border.box((x - 0.022, y - 0.022), (x + 0.022, y + 0.022))
    return laid(picture, "#1c3f5e", border.cut())


def _swell(size: Size) -> Field:
    """Five fine lines of waves under the text."""
    x, _ = plane(size)
    waves = Stencil(size)
    for row in range(5):
        y = 0.705 + 0.020 * row + 0.007 * np.sin(x[0] * (16 - row) + 1.3 * row)
        points = list(zip(x[0], y, strict=True))
        waves.stroke(points[size[0] // 10 : -size[0] // 10 : 4], 0.0035)
    return waves.cut()


def _signed(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """The date and a scrawl, each on a line."""
    size = size_of(picture)
    rules, pen = Stencil(size), Stencil(size)
    for left in (0.20, breadth(size) - 0.52):
        rules.stroke([(left, 0.895), (left + 0.32, 0.895)], 0.002)
    along = np.linspace(0, 1, 60)
    loops = 0.022 * np.sin(along * 31 + rng.uniform(0, 3)) * np.exp(-1.4 * along)
    right = breadth(size) - 0.49 + 0.26 * along + 0.012 * np.cos(along * 31)
    pen.stroke(list(zip(right, 0.872 + loops, strict=True)), 0.004)
    picture = laid(laid(picture, "#4a4238", rules.cut()), "#26304a", pen.cut())
    return printed(picture, "10 August 2024", (0.36, 0.870), 0.032, "#26304a")


def _sealed(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """A seal of red wax with a star pressed into it."""
    size = size_of(picture)
    middle = (breadth(size) / 2, 0.868)
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    rim = 0.062 + 0.004 * np.cos(angles * 24)
    wax = Stencil(size).polygon(_around(middle, rim, angles)).cut()
    spikes = np.where(np.arange(10) % 2, 0.016, 0.038)
    star = Stencil(size).polygon(_around(middle, spikes, np.arange(10) * np.pi / 5)).cut()
    mottle = fractal(rng, size, 30, octaves=4)
    picture = laid(picture, "#a8322a", wax)
    picture = shaded(picture, 0.4 * wax * mottle, "#3a0806")
    return shaded(picture, 0.55 * star, "#5a0f0c")


def _around(middle: tuple[float, float], reach: Field, angles: Field) -> list[tuple[float, float]]:
    """Points around a middle, the first one above it."""
    across, down = middle[0] + reach * np.sin(angles), middle[1] - reach * np.cos(angles)
    return list(zip(across, down, strict=True))


SCENES = tuple(
    Scene(
        file_name=f"certificate-of-{name.split()[0].lower()}.jpg",
        title=f"Swimming certificate of {name}",
        alt_text=f"A certificate with a red seal: {name} has swum from harbour to lighthouse.",
        tags=("text", "certificate"),
        album="",
        size=(1300, 920),
        paint=partial(certificate, name),
        template=TEMPLATE,
    )
    for name in ("Ingrid Solheim", "Mateo Vargas")
)
