"""Pasted paper: geometry, a face, nine sheets one above the other."""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from PIL import Image

from demo.canvas import (
    Canvas,
    Field,
    Paint,
    Point,
    Size,
    blurred,
    colour,
    developed,
    dropped,
    gradient,
    laid,
    lit,
    plane,
    shaded,
    size_of,
    smoothstep,
)
from demo.noise import fractal
from demo.scene import Scene
from demo.scenes.materials import paper
from demo.stencils import Stencil

Piece: TypeAlias = tuple[Field, str]
"""A cut shape and its colour."""


def _pasted(picture: Canvas, shape: Field, tone: Paint, rng: np.random.Generator) -> Canvas:
    """A piece of coloured paper pasted on, with a soft shadow and a mottled surface."""
    size = size_of(picture)
    drop = dropped(shape, 0.007, 0.005)
    picture = shaded(picture, 0.5 * blurred(drop, 0.006), "#2a2018")
    mottle = 0.93 + 0.12 * fractal(rng, size, 24, octaves=4, gain=0.7)
    return laid(picture, np.clip(colour(tone) * mottle[..., None], 0, 1), shape)


def bauhaus(size: Size, rng: np.random.Generator) -> Image.Image:
    """Circles, bars and a triangle in red, blue and ochre, pasted on cream paper."""
    picture = paper(size, rng, "#efe4cf")
    for shape, tone in _geometry(size):
        picture = _pasted(picture, shape, tone, rng)
    return developed(picture, rng)


def _geometry(size: Size) -> Iterator[Piece]:
    """The pieces of the composition, the lowest first."""
    x, y = plane(size)
    fan = [(0.06, 0.94), (0.62, 0.18), (0.70, 0.24), (0.30, 0.96)]
    yield Stencil(size).polygon(fan).cut(), "#d9a441"
    yield Stencil(size).disc((0.50, 0.34), 0.22).cut(), "#c8402f"
    half = x - 0.29 + 0.6 * (y - 0.60) < 0
    yield Stencil(size).disc((0.29, 0.60), 0.19).cut() * half, "#1f4e79"
    wedge = [(0.40, 0.86), (0.74, 0.62), (0.72, 0.90)]
    yield Stencil(size).polygon(wedge).cut(), "#24211f"
    yield Stencil(size).disc((0.58, 0.64), 0.11).disc((0.58, 0.64), 0.068, 0).cut(), "#e2703a"
    yield _bars(size), "#24211f"
    yield Stencil(size).disc((0.44, 0.30), 0.052).cut(), "#efe4cf"
    yield Stencil(size).disc((0.16, 0.36), 0.042).cut(), "#24211f"


def _bars(size: Size) -> Field:
    """Seven bars, each shorter than the one above, and a long slanting line."""
    bars = Stencil(size).stroke([(0.02, 0.80), (0.78, 0.07)], 0.008)
    for index in range(7):
        level = 0.075 + 0.021 * index
        bars.stroke([(0.05, level), (0.33 - 0.02 * index, level)], 0.005)
    return bars.cut()


def _bow(start: Point, middle: Point, end: Point) -> list[Point]:
    """Points along a curve that leaves `start` for `middle` and bends to `end`."""
    t = np.linspace(0, 1, 24)[:, None]
    a, b, c = (np.array(p) for p in (start, middle, end))
    return [tuple(p) for p in (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c]


def _petal(size: Size, *corners: Point) -> Field:
    """A shape bounded by curves: every second point is a corner, the others bend the edges."""
    edge: list[Point] = []
    for start in range(0, len(corners), 2):
        around = [corners[(start + step) % len(corners)] for step in range(3)]
        edge += _bow(*around)
    return Stencil(size).polygon(edge).cut()


def face(size: Size, rng: np.random.Generator) -> Image.Image:
    """A face half in sun and half in shade, put together from cut shapes."""
    picture = paper(size, rng, "#2f5d62")
    for shape, tone in (*_head(size), *_features(size)):
        picture = _pasted(picture, shape, tone, rng)
    return developed(picture, rng)


def _head(size: Size) -> Iterator[Piece]:
    """The sun behind, the hair, the neck, the shoulders and the two halves of the face."""
    yield Stencil(size).disc((0.60, 0.25), 0.15).cut(), "#f0b53e"
    hair = Stencil(size).disc((0.40, 0.37), 0.235).box((0.165, 0.37), (0.635, 0.70))
    yield hair.cut(), "#1d1a26"
    neck = [(0.30, 0.62), (0.50, 0.62), (0.53, 0.95), (0.27, 0.95)]
    yield Stencil(size).polygon(neck).cut(), "#b8583f"
    slope = [*_bow((0.0, 1.05), (0.06, 0.80), (0.40, 0.80))]
    slope += _bow((0.40, 0.80), (0.74, 0.80), (0.80, 1.05))
    yield Stencil(size).polygon(slope).cut(), "#d8d0c0"
    for side, tone in ((-1, "#f2c6a0"), (1, "#c9694a")):
        cheek = _bow((0.40, 0.22), (0.40 + side * 0.20, 0.22), (0.40 + side * 0.18, 0.46))
        cheek += _bow((0.40 + side * 0.18, 0.46), (0.40 + side * 0.15, 0.68), (0.40, 0.71))
        yield Stencil(size).polygon(cheek).cut(), tone


def _features(size: Size) -> Iterator[Piece]:
    """Fringe, nose, eyes, brows, lips and one earring."""
    yield _petal(size, (0.20, 0.40), (0.24, 0.16), (0.46, 0.20), (0.36, 0.30)), "#1d1a26"
    yield Stencil(size).polygon([(0.40, 0.38), (0.40, 0.55), (0.345, 0.55)]).cut(), "#dd8f6a"
    for eye in (0.315, 0.485):
        corners = (eye - 0.05, 0.435), (eye, 0.39), (eye + 0.05, 0.435), (eye, 0.475)
        yield _petal(size, *corners), "#f7efe2"
        yield Stencil(size).disc((eye, 0.433), 0.020).cut(), "#234b52"
        brow = _bow((eye - 0.06, 0.385), (eye, 0.345), (eye + 0.06, 0.380))
        yield Stencil(size).stroke(brow, 0.012).cut(), "#1d1a26"
    upper = [*_bow((0.335, 0.618), (0.375, 0.588), (0.40, 0.603))]
    upper += _bow((0.40, 0.603), (0.425, 0.588), (0.465, 0.618))
    lips = [*upper, *_bow((0.465, 0.618), (0.40, 0.662), (0.335, 0.618))]
    yield Stencil(size).polygon(lips).cut(), "#b3273c"
    yield Stencil(size).disc((0.598, 0.57), 0.026).cut(), "#f0b53e"


DEPTHS = ("#0d1b3e", "#15305e", "#1b4d7a", "#1f7a8c", "#4aa59a", "#9ccba4", "#f1e3b2", "#f4b183")
"""The sheets of paper from the lowest to the last but one; the highest is orange."""


def cut_paper(size: Size, rng: np.random.Generator) -> Image.Image:
    """Nine sheets of paper, each with a hole smaller than the one above, lit from above."""
    x, y = plane(size)
    bend = fractal(rng, size, 360, octaves=3, gain=0.4) - 0.5
    bowl = np.hypot(x - 0.47, y - 0.54) * 1.25 + 0.75 * bend
    picture = gradient(size, (0, "#081028"), (1, "#081028"))
    for level, tone in enumerate((*DEPTHS, "#e76f51")):
        sheet = smoothstep(-0.0015, 0.0015, bowl - 0.07 - 0.062 * level)
        picture = _sheet(picture, sheet, tone, rng)
    return developed(picture, rng)


def _sheet(picture: Canvas, sheet: Field, tone: str, rng: np.random.Generator) -> Canvas:
    """One more sheet on top, with the light on its cut edge and its shadow beneath."""
    picture = shaded(picture, 0.62 * blurred(dropped(sheet, 0.016, 0.006), 0.016), "#04081a")
    fibre = 0.96 + 0.07 * fractal(rng, size_of(picture), 9, octaves=3, gain=0.8)
    rim = np.clip(sheet - np.roll(sheet, (-2, -1), axis=(0, 1)), 0, 1)
    return lit(laid(picture, colour(tone) * fibre[..., None], sheet), "#ffffff", rim * 0.2)


SCENES = (
    Scene(
        file_name="composition-with-red-disc.png",
        title="Composition with red disc",
        alt_text="A red disc, a blue half circle, an ochre bar and black lines on cream paper.",
        tags=("abstract", "collage", "geometry"),
        album="Paper and colour",
        size=(800, 1000),
        paint=bauhaus,
    ),
    Scene(
        file_name="face-in-cut-paper.jpg",
        title="Face in cut paper",
        alt_text="A face, one half in sun and one in shade, put together from cut paper.",
        tags=("portrait", "collage", "abstract"),
        album="Paper and colour",
        size=(960, 1200),
        paint=face,
    ),
    Scene(
        file_name="nine-sheets-of-paper.jpg",
        title="Nine sheets of paper",
        alt_text="Nine coloured sheets with ever smaller holes form a deep blue hollow.",
        tags=("abstract", "paper"),
        album="Paper and colour",
        size=(1000, 1000),
        paint=cut_paper,
    ),
)
