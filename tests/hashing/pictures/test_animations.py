"""Frames and times of animations, read from the container."""

from io import BytesIO

import pytest
from PIL import Image

from hashing.pictures.animations import Animation, animation
from tests.pictures import encoded, photo

FRAMES = [photo(seed, (40, 30)) for seed in range(3)]


def animated(format: str) -> BytesIO:
    buffer = BytesIO()
    FRAMES[0].save(buffer, format, save_all=True, append_images=FRAMES[1:], duration=[100, 200, 50])
    return buffer


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_frames_are_counted_and_times_added(format: str) -> None:
    file = animated(format)
    file.seek(7)
    assert animation(file, format) == Animation(3, 0.35)
    assert file.tell() == 7


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "JPEG"])
def test_a_still_has_one_frame(format: str) -> None:
    assert animation(BytesIO(encoded(photo(1), format)), format) == Animation(1, 0.0)


def test_damage_behind_the_first_frame_makes_a_still() -> None:
    data = animated("GIF").getvalue()
    assert animation(BytesIO(data[:200]), "GIF").frames == 1


def test_png_without_a_denominator_counts_hundredths() -> None:
    frames = [Image.new("L", (2, 2), level) for level in (0, 255)]
    buffer = BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:], duration=1000)
    data = bytearray(buffer.getvalue())
    begin = -1
    while (begin := data.find(b"fcTL", begin + 1)) >= 0:
        data[begin + 24 : begin + 28] = bytes([0, 50, 0, 0])
    assert animation(BytesIO(bytes(data)), "PNG") == Animation(2, 1.0)
