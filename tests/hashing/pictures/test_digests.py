"""Digests of files and of pixels: what changes them, and what does not."""

from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from hashing.pictures.digests import file_digest, pixel_digest
from tests.pictures import encoded, photo


def test_file_digest_is_that_of_all_bytes_wherever_the_file_stands() -> None:
    file = BytesIO(b"some bytes")
    file.seek(4)
    assert file_digest(file) == sha256(b"some bytes").hexdigest()


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF"])
def test_pixel_digest_is_the_same_for_every_way_of_storing(format: str) -> None:
    image = photo(3).quantize(64)
    options = {"lossless": True} if format == "WEBP" else {}
    with Image.open(BytesIO(encoded(image, format, **options))) as stored:
        stored.load()
        assert pixel_digest(stored) == pixel_digest(image.convert("RGB"))


def test_pixel_digest_of_gray_is_that_of_the_same_gray_in_colours() -> None:
    gray = photo(3).convert("L")
    assert pixel_digest(gray) == pixel_digest(gray.convert("RGB"))
    assert pixel_digest(gray.convert("1")) == pixel_digest(gray.convert("1").convert("RGB"))


def test_pixel_digest_of_full_opacity_is_that_of_none() -> None:
    image = photo(3)
    assert pixel_digest(image.convert("RGBA")) == pixel_digest(image)
    assert pixel_digest(image.convert("L").convert("LA")) == pixel_digest(image.convert("L"))


def test_pixel_digest_counts_transparency_size_and_every_pixel() -> None:
    image = photo(3, (32, 32))
    seen_through = image.convert("RGBA")
    seen_through.putpixel((0, 0), (0, 0, 0, 0))
    changed = image.copy()
    changed.putpixel((31, 31), (1, 2, 3))
    reshaped = Image.frombytes("RGB", (64, 16), image.tobytes())
    found = {pixel_digest(other) for other in (image, seen_through, changed, reshaped)}
    assert len(found) == 4
    assert all(digest.startswith("px1:") for digest in found)
