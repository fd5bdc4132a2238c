"""Pictures made of others of the collection: a collage, a screenshot, a part of a picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont, ImageOps

from demo.canvas import Size
from hashing.keypoints import Relation

TILE, GUTTER = (720, 480), 24
PHONE: Size = (780, 1560)
PAPER, INK, MUTED, RULE = "#ffffff", "#16181c", "#71767d", "#e6e8eb"


@dataclass(frozen=True)
class Composition:
    """A picture that contains others, or is a part of one."""

    file_name: str
    title: str
    alt_text: str
    tags: tuple[str, ...]
    sources: tuple[str, ...]
    """The file names of the pictures it is made of."""
    relation: Relation
    """What it is to each of them."""
    composed: Callable[[Sequence[Image.Image]], Image.Image]
    """Makes it of their RGB pictures."""


def collage(pictures: Sequence[Image.Image]) -> Image.Image:
    """Four pictures in two rows on white."""
    wide, high = TILE
    size = (2 * wide + 3 * GUTTER, 2 * high + 3 * GUTTER)
    sheet = Image.new("RGB", size, PAPER)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, 2)
        place = (GUTTER + column * (wide + GUTTER), GUTTER + row * (high + GUTTER))
        sheet.paste(ImageOps.fit(picture, TILE, Image.Resampling.LANCZOS), place)
    return sheet


def screenshot(pictures: Sequence[Image.Image]) -> Image.Image:
    """A phone that shows a picture between the name of its author and what others say of it."""
    screen = Image.new("RGB", PHONE, PAPER)
    pen = ImageDraw.Draw(screen)
    shown = ImageOps.contain(pictures[0], (PHONE[0], 1100), Image.Resampling.LANCZOS)
    _draw_status_bar(pen)
    _draw_author(pen, 70)
    screen.paste(shown, ((PHONE[0] - shown.width) // 2, 170))
    _draw_remarks(pen, 170 + shown.height)
    _draw_navigation(pen)
    return screen


def _draw_status_bar(pen: ImageDraw.ImageDraw) -> None:
    """Draw the time, the strength of the signal and the battery."""
    pen.text((40, 36), "21:47", INK, ImageFont.load_default(30), anchor="lm")
    for bar in range(4):
        left = 610 + 13 * bar
        pen.rectangle((left, 44 - 6 * bar, left + 8, 48), fill=INK)
    pen.rounded_rectangle((680, 24, 736, 50), 7, outline=INK, width=3)
    pen.rectangle((686, 30, 718, 44), fill=INK)


def _draw_author(pen: ImageDraw.ImageDraw, top: int) -> None:
    """Draw the round portrait and the name of the author, and a button to follow."""
    pen.circle((74, top + 50), 34, fill="#3c6e8f")
    pen.text((74, top + 50), "N", PAPER, ImageFont.load_default(38), anchor="mm")
    pen.text((128, top + 36), "north.light", INK, ImageFont.load_default(30), anchor="lm")
    pen.text((128, top + 70), "Two hours ago", MUTED, ImageFont.load_default(24), anchor="lm")
    pen.rounded_rectangle((590, top + 24, 740, top + 76), 26, fill="#2f6fdb")
    pen.text((665, top + 50), "Follow", PAPER, ImageFont.load_default(28), anchor="mm")


def _draw_remarks(pen: ImageDraw.ImageDraw, top: int) -> None:
    """Draw a heart, a speech bubble, and the remarks below the picture."""
    pen.circle((62, top + 44), 12, fill="#d83a4b")
    pen.circle((84, top + 44), 12, fill="#d83a4b")
    pen.polygon([(51, top + 50), (95, top + 50), (73, top + 74)], fill="#d83a4b")
    pen.rounded_rectangle((128, top + 32, 172, top + 64), 12, outline=INK, width=4)
    pen.polygon([(138, top + 62), (152, top + 62), (138, top + 76)], fill=INK)
    remarks = (("1,204 likes", INK), ("First snow of the year!", INK), ("View 38 comments", MUTED))
    for line, (text, ink) in enumerate(remarks):
        place = (40, top + 108 + 44 * line)
        pen.text(place, text, ink, ImageFont.load_default(28), anchor="lm")


def _draw_navigation(pen: ImageDraw.ImageDraw) -> None:
    """Draw the bar at the bottom: home, search, a new post, messages, the profile."""
    width, height = PHONE
    middle = height - 64
    pen.line((0, height - 128, width, height - 128), fill=RULE, width=3)
    xs = [round(width * (2 * place + 1) / 10) for place in range(5)]
    pen.polygon([(xs[0] - 24, middle), (xs[0], middle - 24), (xs[0] + 24, middle)], fill=INK)
    pen.rectangle((xs[0] - 16, middle, xs[0] + 16, middle + 20), fill=INK)
    pen.circle((xs[1] - 4, middle - 4), 16, outline=INK, width=5)
    pen.line((xs[1] + 8, middle + 8, xs[1] + 22, middle + 22), fill=INK, width=6)
    pen.rounded_rectangle((xs[2] - 24, middle - 24, xs[2] + 24, middle + 24), 10, None, INK, 5)
    pen.line((xs[2] - 12, middle, xs[2] + 12, middle), fill=INK, width=5)
    pen.line((xs[2], middle - 12, xs[2], middle + 12), fill=INK, width=5)
    pen.rounded_rectangle((xs[3] - 24, middle - 18, xs[3] + 24, middle + 18), 6, None, INK, 5)
    pen.line((xs[3] - 22, middle - 16, xs[3], middle + 4, xs[3] + 22, middle - 16), INK, 5)
    pen.circle((xs[4], middle), 24, fill="#8f6a3c")


def quarter(pictures: Sequence[Image.Image]) -> Image.Image:
    """Half of the width and half of the height of a picture: a quarter of its area."""
    width, height = pictures[0].size
    left, top = round(0.32 * width), round(0.14 * height)
    return pictures[0].crop((left, top, left + width // 2, top + height // 2))


COMPOSITIONS = (
    Composition(
        file_name="four-journeys.jpg",
        title="Four journeys",
        alt_text="Mountains, a lake, a harbour and balloons, in two rows on one sheet.",
        tags=("collage", "travel"),
        sources=(
            "first-light-on-the-range.jpg",
            "still-lake.jpg",
            "harbour-at-dusk.jpg",
            "balloons-in-the-morning.jpg",
        ),
        relation=Relation.CONTAINS,
        composed=collage,
    ),
    Composition(
        file_name="snow-on-a-phone.jpg",
        title="Snow on a phone",
        alt_text="The screen of a phone shows a cabin in the snow, with likes and comments.",
        tags=("screenshot", "winter"),
        sources=("cabin-in-the-snow.jpg",),
        relation=Relation.CONTAINS,
        composed=screenshot,
    ),
    Composition(
        file_name="panes-of-stained-glass.jpg",
        title="Panes of stained glass",
        alt_text="Yellow and blue panes from the upper part of a stained-glass window.",
        tags=("glass", "detail"),
        sources=("stained-glass.jpg",),
        relation=Relation.PART_OF,
        composed=quarter,
    ),
)
