"""Alterations that pictures undergo when people pass them on; each makes a copy.

Every alteration takes the bytes of an image file and returns the bytes of another.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageFont, ImageOps

from hashing.pictures import SOS, jpeg_segments

SEPIA = (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0)
"""The red, green and blue of a toned print, each as shares of the original's three channels."""

TURNED_LEFT = 6
"""The EXIF orientation of a picture that has to be turned clockwise to be upright."""

APP0, APP1, COMMENT = 0xE0, 0xE1, 0xFE


@dataclass(frozen=True)
class Alteration:
    """One way in which a copy differs from its original."""

    kind: str
    suffix: str
    """What it adds to the file's name."""
    phrase: str
    """The words for it in titles and alternative texts."""
    first_class: bool
    """Whether a plain perceptual hash has to find the copy (at most 10 bits away)."""
    altered: Callable[[bytes], bytes]
    extension: str = ""
    """The copy's file name extension with its dot; empty where it is the original's."""
    is_changed: bool = False
    """Whether a place of the copy shows something that the original does not."""


def pixels(source: bytes) -> Image.Image:
    """The RGB picture in a file, as it is stored."""
    return Image.open(io.BytesIO(source)).convert("RGB")


def jpeg(picture: Image.Image, quality: int = 88, **options: Any) -> bytes:
    """The picture as a JPEG file."""
    return _saved(picture, "JPEG", quality=quality, **options)


def _saved(picture: Image.Image, container: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, container, **options)
    return file.getvalue()


def re_encoded(source: bytes) -> bytes:
    """A much smaller JPEG, as messengers make them."""
    return jpeg(pixels(source), quality=40)


def resized(source: bytes) -> bytes:
    """Half as wide and half as high."""
    return jpeg(ImageOps.scale(pixels(source), 0.5, Image.Resampling.LANCZOS))


def grey(source: bytes) -> bytes:
    """Without its colours."""
    return jpeg(ImageOps.grayscale(pixels(source)))


def sepia(source: bytes) -> bytes:
    """Toned brown like an old print."""
    return jpeg(pixels(source).convert("RGB", SEPIA))


def watermarked(source: bytes) -> bytes:
    """With a translucent word across its lower right."""
    picture = pixels(source)
    layer = Image.new("RGBA", picture.size)
    font = ImageFont.load_default(size=picture.width / 11)
    place = (picture.width * 0.96, picture.height * 0.95)
    ImageDraw.Draw(layer).text(place, "PROOF", font=font, fill=(255, 255, 255, 120), anchor="rb")
    picture.paste(layer, mask=layer)
    return jpeg(picture)


def exif_turned(source: bytes) -> bytes:
    """Stored on its side, with an EXIF tag that tells viewers to turn it upright.

    A PNG remains a PNG with exactly the same pixels once upright; a JPEG is compressed again.
    """
    lying = pixels(source).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = TURNED_LEFT
    if source.startswith(b"\x89PNG"):
        return _saved(lying, "PNG", exif=exif)
    return jpeg(lying, quality=95, subsampling=0, exif=exif)


def metadata_changed(source: bytes) -> bytes:
    """The same compressed JPEG data, bit for bit, under other EXIF and with a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = "Darkroom 3"
    exif[ExifTags.Base.Artist] = "Somebody else"
    added = _segment(APP1, exif.tobytes()) + _segment(COMMENT, b"Sent to the printer")
    kept = [part for part in _segments(source) if part[1] not in (APP1, COMMENT)]
    first = 1 if kept and kept[0][1] == APP0 else 0
    head = b"".join(kept[:first]) + added + b"".join(kept[first:])
    return source[:2] + head + source[2 + sum(map(len, _segments(source))) :]


def _segment(marker: int, content: bytes) -> bytes:
    """A JPEG segment; its length counts the two bytes that state it."""
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def _segments(source: bytes) -> Iterator[bytes]:
    """The segments between a JPEG's first two bytes and its compressed data."""
    for segment in jpeg_segments(io.BytesIO(source)):
        if segment.marker == SOS:
            return
        yield source[segment.begin : segment.end]


def byte_equal(source: bytes) -> bytes:
    """The same file again."""
    return source


def as_png(source: bytes) -> bytes:
    """The same pixels in a PNG."""
    return _saved(pixels(source), "PNG")


def as_webp(source: bytes) -> bytes:
    """A lossy WebP."""
    return _saved(pixels(source), "WEBP", quality=80)


def bordered(source: bytes) -> bytes:
    """In a white mount and a thin black frame."""
    picture = pixels(source)
    mounted = ImageOps.expand(picture, round(min(picture.size) * 0.07), "#fbfaf6")
    return jpeg(ImageOps.expand(mounted, round(min(picture.size) * 0.012), "#1c1a18"))


def captioned(source: bytes) -> bytes:
    """With a strip of text underneath."""
    picture = pixels(source)
    strip = round(picture.height * 0.13)
    card = Image.new("RGB", (picture.width, picture.height + strip), "#fbfaf6")
    card.paste(picture)
    font = ImageFont.load_default(size=strip * 0.42)
    place = (picture.width / 2, picture.height + strip / 2)
    ImageDraw.Draw(card).text(place, "Greetings to all of you", "#2a2622", font, anchor="mm")
    return jpeg(card)


def mirrored(source: bytes) -> bytes:
    """With left and right exchanged."""
    return jpeg(ImageOps.mirror(pixels(source)))


def rotated(source: bytes) -> bytes:
    """Turned by 90 degrees, without an EXIF tag."""
    return jpeg(pixels(source).transpose(Image.Transpose.ROTATE_270))


def tilted(source: bytes) -> bytes:
    """Turned by three degrees, and trimmed so that no corner is empty."""
    picture = pixels(source)
    angle = np.radians(3)
    trim = [(long * np.sin(angle) + 2) / 2 for long in reversed(picture.size)]
    box = (trim[0], trim[1], picture.width - trim[0], picture.height - trim[1])
    return jpeg(picture.rotate(3, Image.Resampling.BICUBIC).crop(box))


def cropped(source: bytes) -> bytes:
    """Without a tenth of its width and of its height."""
    picture = pixels(source)
    width, height = picture.size
    return jpeg(picture.crop((width // 25, height * 3 // 50, width * 47 // 50, height * 24 // 25)))


ALTERATIONS: dict[str, Alteration] = {
    alteration.kind: alteration
    for alteration in (
        Alteration("re-encoded", "low-quality", "strongly compressed", True, re_encoded, ".jpg"),
        Alteration("resized", "small", "at half the size", True, resized, ".jpg"),
        Alteration("grey", "grey", "in shades of grey", True, grey, ".jpg"),
        Alteration("sepia", "sepia", "toned sepia", True, sepia, ".jpg"),
        Alteration("watermarked", "proof", "with a watermark", True, watermarked, ".jpg", True),
        Alteration("exif-turned", "from-phone", "stored on its side", True, exif_turned),
        Alteration("metadata-changed", "retagged", "with other metadata", True, metadata_changed),
        Alteration("byte-equal", "copy", "once more", True, byte_equal),
        Alteration("png", "lossless", "as a PNG", True, as_png, ".png"),
        Alteration("webp", "web", "as a WebP", True, as_webp, ".webp"),
        Alteration("bordered", "framed", "in a frame", False, bordered, ".jpg"),
        Alteration("captioned", "greeting", "with a caption", False, captioned, ".jpg"),
        Alteration("mirrored", "mirrored", "mirrored", False, mirrored, ".jpg"),
        Alteration("rotated", "rotated", "turned by a quarter", False, rotated, ".jpg"),
        Alteration("tilted", "tilted", "slightly tilted", False, tilted, ".jpg"),
        Alteration("cropped", "cropped", "cropped", False, cropped, ".jpg"),
    )
}
