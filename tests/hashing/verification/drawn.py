"""Pictures, their edits and previews for the tests of verification."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hashing.pictures import Preview
from tests.pictures import encoded

LARGER = 640


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Return a picture of coloured shapes on a coarse ground; another seed is another picture."""
    rng = np.random.default_rng(seed)
    ground = Image.fromarray(rng.integers(40, 216, (7, 9, 3), dtype=np.uint8))
    image = ground.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = rng.integers(0, size[0]), rng.integers(0, size[1])
        wide, high = rng.integers(10, 90, 2)
        colour = tuple(int(level) for level in rng.integers(0, 256, 3))
        shape = draw.ellipse if rng.random() < 0.5 else draw.rectangle
        shape((x, y, x + wide, y + high), fill=colour)
    return image


def form(name: str, day: str) -> Image.Image:
    """Return a coloured form with a large title, a name and small print."""
    image = Image.new("RGB", (1000, 700), (235, 228, 205))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 960, 660), outline=(160, 120, 40), width=8)
    for place, text, size in (
        ((300, 90), "DIPLOMA", 64),
        ((280, 260), name, 48),
        ((300, 360), "for river and cloud", 28),
        ((120, 600), day, 20),
    ):
        draw.text(place, text, (30, 30, 50), font=ImageFont.load_default(size))
    return image


def shirt(hue: int) -> Image.Image:
    """Return a shirt of one hue, in degrees, on a light ground."""
    image = Image.new("RGB", (480, 480), (235, 235, 235))
    colour = Image.new("HSV", (1, 1), (round(hue * 255 / 360), 170, 180)).convert("RGB")
    draw = ImageDraw.Draw(image)
    shape = [(150, 60), (330, 60), (440, 170), (370, 220), (340, 180), (340, 430), (140, 430)]
    draw.polygon([*shape, (140, 180), (110, 220), (40, 170)], fill=colour.getpixel((0, 0)))
    for x in range(160, 330, 30):
        draw.line((x, 200, x, 430), fill=(60, 60, 60), width=2)
    return image


def night_sky(seed: int) -> Image.Image:
    """Return stars on black."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal(8, 1.5, (480, 640)).clip(0, 255)
    for _ in range(500):
        y, x = rng.integers(2, 478), rng.integers(2, 638)
        pixels[y : y + 2, x : x + 2] = rng.uniform(90, 255)
    return Image.fromarray(pixels.astype(np.uint8)).convert("RGB")


def as_jpeg(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(BytesIO(encoded(image, "JPEG", quality=quality))).convert("RGB")


def preview(image: Image.Image) -> Preview:
    """Return the preview as it comes out of a row."""
    return Preview.from_bytes(Preview.of(image).to_bytes())


def larger(image: Image.Image) -> Preview:
    """Return a larger copy."""
    small = image.convert("RGB")
    small.thumbnail((LARGER, LARGER), Image.Resampling.BOX)
    return Preview(np.asarray(small))
