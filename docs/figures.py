"""
Draw the figures of docs/matching.md: a picture, its copies, and the match found for each.

    .venv/bin/python docs/figures.py

Writes docs/figures/*.webp. Every sentence in them is computed from the copy above it.
"""

import io
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from demo import SCENES, alterations
from hashing.fingerprints import ALGORITHMS, Framing, Turn, boxes, turned, views
from hashing.matching import Subject, match_of
from hashing.pictures import Picture, decode

SCENE = "lighthouse-before-the-storm.jpg"
TILE, GAP, TEXT_LINES = 300, 20, 3
PAPER, INK, MUTED, GOOD, BAD = "#ffffff", "#16181d", "#555c67", "#1a6b34", "#b3261e"
FONT, SMALL_FONT = ImageFont.load_default(17), ImageFont.load_default(15)

CUTS = {
    Framing.WHOLE: "",
    Framing.UNFRAMED: "inside its frame",
    Framing.UNCAPTIONED: "without its caption",
}
TURNED = {
    Turn.UPRIGHT: "",
    Turn.MIRRORED: "mirrored",
    Turn.FLIPPED: "upside down and mirrored",
    Turn.HALF: "turned upside down",
    Turn.LEFT: "turned 90° left",
    Turn.RIGHT: "turned 90° right",
    Turn.TRANSPOSED: "turned 90° and mirrored",
    Turn.TRANSVERSED: "turned 90° and mirrored",
}


class Caption(NamedTuple):
    """Two lines of text under a picture, the first in a colour."""

    first: str = ""
    second: str = ""
    colour: str = MUTED


def cropped(share: float, source: bytes) -> bytes:
    """Return the picture without `share` of its width and height, cut equally on both sides."""
    picture = alterations.pixels(source)
    width, height = (round(side * share / 2) for side in picture.size)
    box = (width, height, picture.width - width, picture.height - height)
    return alterations.jpeg(picture.crop(box))


def mirrored_and_framed(source: bytes) -> bytes:
    """Return the picture mirrored, in a frame."""
    return alterations.bordered(alterations.mirrored(source))


def screenshot(source: bytes) -> bytes:
    """Return the picture between two black bars, as on a phone."""
    picture = alterations.pixels(source)
    margins = (0, picture.height // 6, 0, picture.height // 4)
    return alterations.jpeg(ImageOps.expand(picture, margins, "#0b0b0d"))


COPIES: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("Strongly compressed", alterations.re_encoded),
    ("Grey", alterations.grey),
    ("Toned sepia", alterations.sepia),
    ("A watermark", alterations.watermarked),
    ("Mirrored", alterations.mirrored),
    ("Turned by a quarter", alterations.rotated),
    ("In a frame", alterations.bordered),
    ("With a caption", alterations.captioned),
    ("Mirrored, then framed", mirrored_and_framed),
    ("A screenshot of it", screenshot),
    ("Tilted by three degrees", alterations.tilted),
    ("A tenth of each side cut", partial(cropped, 0.1)),
    ("A quarter of each side cut", partial(cropped, 0.25)),
    ("Half of each side cut", partial(cropped, 0.5)),
)


def picture_in(source: bytes) -> Picture:
    """Return the decoded picture in a file."""
    return decode(io.BytesIO(source))


def subject_of(picture: Picture) -> Subject:
    """Return the hashes that matching compares, in each framing that `picture` has."""
    framed = views(picture, tuple(Framing))
    small, large = (
        {framing: ALGORITHMS[name](view).value for framing, view in framed.items()}
        for name in ("phash", "dct256")
    )
    return Subject(small, large)


def verdict(subject: Subject, other: Subject) -> Caption:
    """Return in words whether `other` matches `subject`, and how it differs."""
    match = match_of(subject, other)
    if match is None:
        distance = (subject.large[Framing.WHOLE] ^ other.large[Framing.WHOLE]).bit_count()
        return Caption("not found", f"{distance} of 256 bits differ", BAD)
    alignment = match.alignment
    changes = [TURNED[alignment.turn], CUTS[alignment.other_framing]]
    sentence = f"found: {alignment.distance} of 256 bits differ"
    return Caption(sentence, ", ".join(filter(None, changes)), GOOD)


def kinds(source: bytes) -> Image.Image:
    """Return the original and its copies, each with its match."""
    subject = subject_of(picture_in(source))
    tiles = [tile(source, "The original", Caption())]
    for name, altered in COPIES:
        copy = altered(source)
        tiles.append(tile(copy, name, verdict(subject, subject_of(picture_in(copy)))))
    return sheet(tiles, columns=5)


def framings(source: bytes) -> Image.Image:
    """Return framed copies, with a box drawn around what each framing keeps."""
    copies = (alterations.bordered(source), alterations.captioned(source), screenshot(source))
    return sheet([marked(copy) for copy in copies], columns=3)


def marked(source: bytes) -> Image.Image:
    """Return a tile of the picture with a box for each framing."""
    picture = picture_in(source)
    drawing = picture.image.copy()
    draw = ImageDraw.Draw(drawing)
    width = max(4, drawing.width // 120)
    framing_boxes = boxes(picture.gray)
    for box, colour in zip(framing_boxes.values(), ("#ff3b30", "#0a84ff"), strict=False):
        scale = drawing.width / picture.gray.width
        draw.rectangle([round(side * scale) for side in box], outline=colour, width=width)
    name = ", ".join(framing.value for framing in framing_boxes)
    return tile(alterations.jpeg(drawing, 95), name, Caption("also hashed"))


def turns(source: bytes) -> Image.Image:
    """Return a picture in four turns above its hash, of which only the bits were turned."""
    picture = picture_in(source)
    hash_ = ALGORITHMS["dct256"](picture)
    tiles = []
    for turn in (Turn.UPRIGHT, Turn.MIRRORED, Turn.HALF, Turn.LEFT):
        shown = turn.applied_to(picture.image)
        bits = np.array(list(turned(hash_, turn).bits)).reshape(16, 16) == "0"
        grid = Image.fromarray((bits * 235 + 20).astype(np.uint8)).resize((160, 160), 0)
        pair = Image.new("RGB", (TILE, 2 * TILE // 3 + 180), PAPER)
        pair.paste(ImageOps.pad(shown, (TILE, 2 * TILE // 3), color=PAPER))
        pair.paste(grid, ((TILE - 160) // 2, 2 * TILE // 3 + 20))
        tiles.append(tile(alterations.jpeg(pair, 95), TURNED[turn] or "upright", Caption()))
    return sheet(tiles, columns=4)


def tile(source: bytes, name: str, caption: Caption) -> Image.Image:
    """Return a picture above its name and caption."""
    line = 22
    canvas = Image.new("RGB", (TILE, TILE + TEXT_LINES * line), PAPER)
    shown = ImageOps.contain(alterations.pixels(source), (TILE, TILE - 10))
    canvas.paste(shown, ((TILE - shown.width) // 2, TILE - 10 - shown.height))
    draw = ImageDraw.Draw(canvas)
    draw.text((TILE / 2, TILE), name[:1].upper() + name[1:], INK, FONT, anchor="ma")
    draw.text((TILE / 2, TILE + line), caption.first, caption.colour, SMALL_FONT, anchor="ma")
    draw.text((TILE / 2, TILE + 2 * line - 3), caption.second, MUTED, SMALL_FONT, anchor="ma")
    return canvas


def sheet(tiles: Iterable[Image.Image], columns: int) -> Image.Image:
    """Return tiles of one size in rows of `columns`."""
    tiles = list(tiles)
    rows = -(-len(tiles) // columns)
    width, height = tiles[0].width + GAP, tiles[0].height + GAP
    canvas = Image.new("RGB", (columns * width + GAP, rows * height + GAP), PAPER)
    for number, drawn in enumerate(tiles):
        row, column = divmod(number, columns)
        canvas.paste(drawn, (GAP + column * width, GAP + row * height))
    return canvas


def main() -> None:
    scene = next(scene for scene in SCENES if scene.file_name == SCENE)
    source = alterations.jpeg(scene.drawn(), 92)
    folder = HERE / "figures"
    folder.mkdir(exist_ok=True)
    for figure in (kinds, framings, turns):
        figure(source).save(folder / f"{figure.__name__}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
