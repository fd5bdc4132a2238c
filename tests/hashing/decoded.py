"""Drawn pictures as a decode gives them."""

from io import BytesIO

from PIL import Image

from hashing.pictures.decoding import Picture, decode
from tests.pictures import encoded


def picture_of(image: Image.Image) -> Picture:
    """Return `image` as decoded from a PNG."""
    return decode(BytesIO(encoded(image, "PNG")))
