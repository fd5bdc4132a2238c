"""
Draw the figures of docs/matching.md: pictures, and what was found of each.

    .venv/bin/python docs/figures.py

Writes docs/figures/*.webp. Every sentence, box and outline in them is computed from the pictures.
"""

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from demo import COMPOSITIONS, SCENES, Composition, alterations
from hashing.fingerprints import ALGORITHMS, Framing, Turn, boxes, turned, views
from hashing.keypoints import (
    KeypointIndex,
    Keypoints,
    Part,
    Quadrilateral,
    Relation,
    StoredPicture,
    find_parts,
)
from hashing.matching import Subject, match_of
from hashing.pictures import Picture, Preview, decode
from hashing.verification import Rectangle, verify

CERTIFICATES = ("certificate-of-ingrid.jpg", "certificate-of-mateo.jpg")
SCENE = "lighthouse-before-the-storm.jpg"
TILE, GAP, TEXT_LINES = 300, 20, 3
PAPER, INK, MUTED, GOOD, BAD = "#ffffff", "#16181d", "#555c67", "#1a6b34", "#b3261e"
MARK = "#ff3b30"
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


def lettered(source: bytes) -> bytes:
    """Return the picture with a greeting across its upper part."""
    picture = alterations.pixels(source)
    place, font = (picture.width / 2, picture.height * 0.1), ImageFont.load_default(92)
    ImageDraw.Draw(picture).text(place, "Wish you were here", "#ffffff", font, anchor="mm")
    return alterations.jpeg(picture)


def changes(source: bytes) -> Image.Image:
    """Return pairs of pictures that hashes match, with boxes where their pixels differ."""
    first, second = map(drawn, CERTIFICATES)
    tiles = [
        tile(first, "A certificate", Caption()),
        boxed(first, second, "The same form, another name"),
        tile(source, "A picture", Caption()),
        boxed(source, lettered(source), "With a text"),
    ]
    return sheet(tiles, columns=4)


def boxed(source: bytes, other: bytes, name: str) -> Image.Image:
    """Return a tile of `other` with a box around each place where it differs from `source`."""
    first, second = picture_in(source), picture_in(other)
    match = match_of(subject_of(first), subject_of(second))
    if match is None:
        return tile(other, name, Caption("no match", colour=BAD))
    seen = verify(Preview.of(first.image), Preview.of(second.image), match.alignment)
    outlines = [corners(box.second) for box in seen.boxes]
    hashes = f"{match.alignment.distance} of 256 bits differ"
    return tile(outlined(second, outlines), name, Caption(f"{seen.kind.value} picture", hashes))


def corners(box: Rectangle) -> Quadrilateral:
    """Return the corners of a box, clockwise from the top left."""
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


def outlined(picture: Picture, outlines: Iterable[Quadrilateral]) -> bytes:
    """Return a picture with quadrilaterals drawn on it, given in shares of its sides."""
    drawing = picture.image.convert("RGB")
    pen = ImageDraw.Draw(drawing)
    for outline in outlines:
        points = [(x * drawing.width, y * drawing.height) for x, y in (*outline, outline[0])]
        pen.line(points, MARK, width=max(4, max(drawing.size) // 90), joint="curve")
    return alterations.jpeg(drawing, 95)


def parts(_: bytes) -> Image.Image:
    """Return a crop, a screenshot and a collage, with outlines where their pictures are found."""
    sources = {name: picture_in(drawn(name)) for made in COMPOSITIONS for name in made.sources}
    tiles = []
    for made in sorted(COMPOSITIONS, key=lambda made: len(made.sources)):
        composition = picture_in(composed(made, sources))
        tiles += located(made, composition, sources)
    return sheet(tiles, columns=len(tiles))


def composed(made: Composition, sources: Mapping[str, Picture]) -> bytes:
    """Return the file of a composition of the decoded `sources`."""
    pictures = [sources[name].image.convert("RGB") for name in made.sources]
    return alterations.jpeg(made.composed(pictures), 92)


def located(
    made: Composition, composition: Picture, sources: Mapping[str, Picture]
) -> list[Image.Image]:
    """Return a tile of the composition, or of the picture it is cut from, with outlines."""
    found = parts_of(composition, sources)
    right = [part for name, part in found.items() if name in made.sources]
    count = f"{len(right)} of {len(made.sources)} found"
    if made.relation == Relation.PART_OF:
        whole = outlined(sources[made.sources[0]], [part.other_place for part in right])
        return [
            tile(alterations.jpeg(composition.image.convert("RGB"), 95), made.title, Caption()),
            tile(whole, "The picture it is cut from", Caption(count)),
        ]
    return [tile(outlined(composition, [part.place for part in right]), made.title, Caption(count))]


def parts_of(query: Picture, pictures: Mapping[str, Picture]) -> dict[str, Part]:
    """Return the parts that `query` shares with `pictures`, by their names."""
    names, index = list(pictures), KeypointIndex(len(pictures))
    stored = {}
    for key, name in enumerate(names):
        keypoints = Keypoints.of(pictures[name].gray)
        index.add(key, keypoints)
        preview = Preview.of(pictures[name].image)
        stored[key] = StoredPicture(keypoints.to_bytes(), preview.to_bytes())
    keypoints, preview = Keypoints.of(query.gray), Preview.of(query.image)
    found = find_parts(keypoints, preview, index, lambda keys: {key: stored[key] for key in keys})
    return {names[part.key]: part for part in found}


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
    for number, each in enumerate(tiles):
        row, column = divmod(number, columns)
        canvas.paste(each, (GAP + column * width, GAP + row * height))
    return canvas


def drawn(file_name: str) -> bytes:
    """Return the file of a scene of the demonstration."""
    scene = next(scene for scene in SCENES if scene.file_name == file_name)
    return alterations.jpeg(scene.drawn(), 92)


def main() -> None:
    source = drawn(SCENE)
    folder = HERE / "figures"
    folder.mkdir(exist_ok=True)
    for figure in (kinds, framings, turns, changes, parts):
        figure(source).save(folder / f"{figure.__name__}.webp", quality=80, method=6)


if __name__ == "__main__":
    main()
