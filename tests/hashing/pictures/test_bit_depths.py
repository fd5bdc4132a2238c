"""The bits of each colour, as the file states them."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hashing.pictures.bit_depths import bit_depth
from tests.pictures import encoded, photo


def test_png_of_sixteen_bits() -> None:
    gray = Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20))
    file = BytesIO(encoded(gray, "PNG"))
    file.seek(3)
    assert bit_depth(file, "PNG") == 16
    assert file.tell() == 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_other_pngs_have_eight(mode: str) -> None:
    assert bit_depth(BytesIO(encoded(photo(1).convert(mode), "PNG")), "PNG") == 8


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "GIF", "AVIF"])
def test_other_formats_have_eight(format: str) -> None:
    assert bit_depth(BytesIO(encoded(photo(1), format)), format) == 8


def test_items_state_theirs() -> None:
    data = encoded(photo(1), "AVIF").replace(
        b"pixi\0\0\0\0\x03\x08\x08\x08", b"pixi\0\0\0\0\x03\x0a\x0a\x0a"
    )
    assert bit_depth(BytesIO(data), "AVIF") == 10
