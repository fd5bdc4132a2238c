"""Printed matter: a quotation, a ticket, a concert poster, a blackboard menu."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo.canvas import (
    Canvas,
    Field,
    Paint,
    Point,
    Size,
    blurred,
    breadth,
    colour,
    developed,
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
from demo.scenes.materials import paper
from demo.stencils import Stencil


def lettering(size: Size, text: str, place: Point, tall: float, anchor: str = "mm") -> Field:
    """The mask of a line of text `tall` picture heights high, held at `place` by its anchor."""
    image = Image.new("L", size)
    font = ImageFont.load_default(size=tall * size[1])
    spot = (place[0] * size[1], place[1] * size[1])
    ImageDraw.Draw(image).text(spot, text, fill=255, font=font, anchor=anchor)
    return np.asarray(image, dtype=np.float32) / 255


def printed(
    picture: Canvas, text: str, place: Point, tall: float, ink: Paint, anchor: str = "mm"
) -> Canvas:
    """The picture with a line of text printed on it; the paper shows through a little."""
    size = size_of(picture)
    return laid(picture, ink, lettering(size, text, place, tall, anchor) * 0.93)


def quotation(size: Size, rng: np.random.Generator) -> Image.Image:
    """A card with the first lines of Emily Dickinson's prairie poem, clover painted below."""
    picture = paper(size, rng, "#f6efdf")
    _, y = plane(size)
    wash = fractal(rng, size, 260, octaves=5)
    meadow = smoothstep(0.62, 1.05, y + 0.22 * (wash - 0.5))
    picture = shaded(picture, meadow * (0.5 + 0.5 * wash), "#8fb27a")
    picture = shaded(picture, smoothstep(0.30, -0.12, y + 0.16 * wash) * 0.7, "#a9c8dc")
    for line, (text, tall) in enumerate(
        (
            ("To make a prairie", 0.062),
            ("it takes a clover and one bee,", 0.043),
            ("one clover, and a bee,", 0.043),
            ("and revery.", 0.062),
        )
    ):
        picture = printed(picture, text, (0.40, 0.24 + 0.078 * line), tall, "#2c3a34")
    picture = printed(picture, "EMILY DICKINSON", (0.40, 0.575), 0.020, "#8a5a3c")
    return developed(_clover(picture, rng), rng)


def _clover(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """Clover in watercolour along the lower edge."""
    size = size_of(picture)
    stems, leaves, heads = Stencil(size), Stencil(size), Stencil(size)
    for _ in range(26):
        foot, tall = rng.uniform(0, 0.8), rng.uniform(0.10, 0.30)
        tip = (foot + rng.normal(0, 0.03), 1 - tall)
        stems.stroke([(foot, 1.02), ((foot + tip[0]) / 2 + 0.008, 1 - tall / 2), tip], 0.004)
        for angle in (0.3, 2.4, 4.5):
            spot = (tip[0] + 0.018 * np.cos(angle), tip[1] + tall * 0.5 + 0.014 * np.sin(angle))
            leaves.disc(spot, 0.016, rng.uniform(0.5, 1))
        for _ in range(40):
            heads.disc(
                (tip[0] + rng.normal(0, 0.011), tip[1] + rng.normal(0, 0.011)),
                0.0035,
                rng.uniform(0.3, 1),
            )
    picture = shaded(picture, stems.cut(), "#4f7a4a")
    picture = shaded(picture, leaves.cut(), "#5f9a5a")
    return laid(picture, "#c2568a", heads.cut() * 0.85)


def ticket(size: Size, rng: np.random.Generator) -> Image.Image:
    """A ferry ticket with a torn-off stub lying on green felt."""
    felt = fractal(rng, size, 8, octaves=3, gain=0.8)
    picture = ramp(felt, (0, "#17382f"), (1, "#2a5a4a"))
    x, y = plane(size)
    picture = lit(picture, "#ffe9c0", 0.25 * smoothstep(1.6, 0.0, x + y))
    sheet = _ticket_shape(size)
    drop = np.roll(sheet, (int(0.022 * size[1]), int(0.014 * size[1])), axis=(0, 1))
    picture = shaded(picture, 0.7 * blurred(drop, 0.02), "#03100c")
    card = paper(size, rng, "#f0d9a8")
    card = shaded(card, 0.28 * smoothstep(0.6, 0.8, fractal(rng, size, 200, octaves=6)), "#b98a4a")
    card = laid(card, "#b3372a", Stencil(size).box((0.17, 0.22), (1.37, 0.36)).cut() * 0.92)
    card = printed(card, "ISLAND FERRY", (0.77, 0.288), 0.105, "#f8ecd0")
    card = printed(card, "ADMIT ONE", (0.21, 0.50), 0.135, "#26304a", "lm")
    card = printed(card, "Harbour  to  North Light  and back", (0.21, 0.63), 0.052, "#26304a", "lm")
    card = printed(
        card, "SATURDAY 14 JUNE    DECK B    SEAT 27", (0.21, 0.735), 0.042, "#b3372a", "lm"
    )
    card = laid(card, "#26304a", _stub(size, rng))
    return developed(laid(picture, card, sheet), rng)


def _ticket_shape(size: Size) -> Field:
    """A ticket with scalloped ends and a perforated line."""
    wide = breadth(size)
    shape = Stencil(size).box((0.11, 0.16), (wide - 0.11, 0.84))
    for notch in np.linspace(0.16, 0.84, 12):
        shape.disc((0.11, notch), 0.020, 0).disc((wide - 0.11, notch), 0.020, 0)
    for hole in np.linspace(0.19, 0.81, 22):
        shape.disc((wide - 0.56, hole), 0.006, 0)
    return shape.cut()


def _stub(size: Size, rng: np.random.Generator) -> Field:
    """The ink of the stub: a bar code and a number."""
    bars, left, right = Stencil(size), breadth(size) - 0.48, breadth(size) - 0.19
    while left < right:
        thick = rng.choice((0.004, 0.008, 0.014))
        bars.box((left, 0.24), (left + thick, 0.60))
        left += thick + rng.choice((0.005, 0.009))
    number = lettering(size, "No 004127", (breadth(size) - 0.335, 0.69), 0.062)
    return np.maximum(bars.cut(), number) * 0.93


def poster(size: Size, rng: np.random.Generator) -> Image.Image:
    """A screen-printed poster for concerts in a park: a striped sun over hills."""
    x, y = plane(size)
    picture = paper(size, rng, "#f3dfb8")
    disc = Stencil(size).disc((0.333, 0.425), 0.23).cut()
    stripes = smoothstep(-0.25, 0.05, np.sin((y - 0.425) * 95) + 0.55 - (y - 0.425) * 5)
    picture = shaded(picture, disc * stripes, "#e4572e")
    for layer, tone in enumerate(("#f0a04b", "#2a9d8f", "#1d5c63", "#17313b")):
        line = 0.57 + 0.07 * layer + 0.045 * np.sin(x * (7 - layer) + 1.7 * layer)
        stock = 0.9 + 0.1 * fractal(rng, size, 6, octaves=2)
        picture = laid(
            picture, colour(tone) * stock[..., None], smoothstep(-0.001, 0.001, y - line)
        )
    picture = printed(picture, "SUMMER", (0.333, 0.078), 0.118, "#17313b")
    picture = printed(picture, "music in the park", (0.333, 0.156), 0.036, "#e4572e")
    for line, text in enumerate(("Fridays at eight", "June to August", "bring a blanket")):
        picture = printed(picture, text, (0.06, 0.855 + 0.043 * line), 0.031, "#f3dfb8", "lm")
    return developed(printed(picture, "FREE", (0.60, 0.925), 0.075, "#f0a04b", "rm"), rng)


MENU = (
    ("TODAY", (0.66, 0.17), 0.13, "mm"),
    ("tomato soup", (0.14, 0.36), 0.072, "lm"),
    ("6", (1.19, 0.36), 0.072, "rm"),
    ("mushroom tart", (0.14, 0.48), 0.072, "lm"),
    ("9", (1.19, 0.48), 0.072, "rm"),
    ("plum cake", (0.14, 0.60), 0.072, "lm"),
    ("4", (1.19, 0.60), 0.072, "rm"),
    ("and coffee, always", (0.66, 0.82), 0.066, "mm"),
)
"""Every line of the menu with its place, its height and the side it is held by."""


def blackboard(size: Size, rng: np.random.Generator) -> Image.Image:
    """A café's blackboard with the soup and cakes of the day in chalk."""
    dust = fractal(rng, size, 300, octaves=6, gain=0.6, stretch=1.6)
    chalk = _rules(size)
    for text, place, tall, anchor in MENU:
        chalk = np.maximum(chalk, lettering(size, text, place, tall, anchor))
    grain = smoothstep(0.25, 0.6, fractal(rng, size, 4, octaves=2))
    board = ramp(dust, (0, "#1c2322"), (1, "#3c4744"))
    return developed(_framed(laid(board, "#f4f1e6", chalk * (0.35 + 0.65 * grain)), rng), rng)


def _rules(size: Size) -> Field:
    """Two lines drawn by hand, and the dots that lead from a dish to its price."""
    rules = Stencil(size).stroke([(0.30, 0.265), (1.03, 0.262)], 0.006)
    rules.stroke([(0.30, 0.71), (1.03, 0.713)], 0.006)
    for row in (0.375, 0.495, 0.615):
        for dot in np.arange(0.80, 1.12, 0.028):
            rules.disc((dot, row), 0.0035)
    return rules.cut()


def _framed(picture: Canvas, rng: np.random.Generator) -> Canvas:
    """A wooden frame around the board."""
    size = size_of(picture)
    x, y = plane(size)
    edge = np.minimum(np.minimum(x, breadth(size) - x), np.minimum(y, 1 - y))
    wood = ramp(fractal(rng, size, 10, octaves=3, stretch=14), (0, "#6a4426"), (1, "#b98a58"))
    light = 0.75 + 0.35 * np.sin(np.clip(edge / 0.05, 0, 1) * np.pi)
    picture = shaded(picture, 0.6 * smoothstep(0.10, 0.05, edge))
    return laid(picture, np.clip(wood * light[..., None], 0, 1), smoothstep(0.051, 0.049, edge))


SCENES = (
    Scene(
        file_name="to-make-a-prairie.jpg",
        title="To make a prairie",
        alt_text="A card with clover: To make a prairie it takes a clover and one bee, and revery.",
        tags=("text", "card", "flowers"),
        album="",
        size=(960, 1200),
        paint=quotation,
    ),
    Scene(
        file_name="island-ferry-ticket.jpg",
        title="Island ferry ticket",
        alt_text="A cream ticket: Island Ferry, admit one, Harbour to North Light and back.",
        tags=("text", "ticket", "travel"),
        album="",
        size=(1400, 700),
        paint=ticket,
    ),
    Scene(
        file_name="summer-concerts-poster.jpg",
        title="Summer concerts poster",
        alt_text="A striped sun over hills on a poster: Summer, music in the park, free.",
        tags=("text", "poster", "music"),
        album="",
        size=(900, 1350),
        paint=poster,
    ),
    Scene(
        file_name="blackboard-menu.jpg",
        title="Blackboard menu",
        alt_text="A blackboard: Today tomato soup, mushroom tart, plum cake, and coffee, always.",
        tags=("text", "food"),
        album="",
        size=(1200, 900),
        paint=blackboard,
    ),
)
