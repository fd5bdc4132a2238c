"""Decoding takes stock of what a file holds, and its digest tells looks apart."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from hashing.pictures import Companion, Holdings, Picture, decode
from tests.pictures import encoded, photo


def stored(image: Image.Image, format: str = "JPEG", **options: Any) -> Picture:
    return decode(BytesIO(encoded(image, format, **options)))


def test_an_ordinary_photograph_holds_nothing_special() -> None:
    assert stored(photo(1)).holdings == Holdings()
    assert stored(photo(1), "PNG").holdings == Holdings()


def test_tags_are_counted() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Camera", "Model 1", ""
    exif.get_ifd(0x8769)[0x9003] = "2020:01:01 10:00:00"
    assert stored(photo(1), exif=exif).holdings.tags == 3


def test_a_video_behind_a_photograph_changes_no_pixel() -> None:
    data = encoded(photo(1))
    plain, moving = decode(BytesIO(data)), decode(BytesIO(data + b"\0\0\0\x18ftypmp42" + bytes(99)))
    assert moving.holdings.companions == (Companion.VIDEO,)
    assert moving.content_digest == plain.content_digest


def test_sixteen_bits_are_other_contents_than_eight() -> None:
    levels = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16
    deep, flat = stored(Image.fromarray(levels), "PNG"), stored(Image.fromarray(levels >> 8), "PNG")
    assert (deep.holdings.depth, flat.holdings.depth) == (16, 16)
    eight = stored(Image.fromarray((levels >> 8).astype(np.uint8)), "PNG")
    assert eight.holdings.depth == 8
    assert eight.content_digest.startswith("px1:")
    assert deep.content_digest.startswith("px2:")


def test_only_pixels_that_can_be_seen_through_make_a_picture_transparent() -> None:
    layered = photo(1, (40, 300)).convert("RGBA")
    assert not stored(layered, "PNG").holdings.is_transparent
    layered.putpixel((3, 290), (0, 0, 0, 90))
    assert stored(layered, "PNG").holdings.is_transparent
    palette = photo(1).convert("P")
    assert stored(palette, "PNG", transparency=palette.getpixel((0, 0))).holdings.is_transparent


def test_animations_are_counted_and_stay_files_of_their_own() -> None:
    frames = [photo(seed, (40, 30)) for seed in range(3)]
    moving = stored(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    assert (moving.holdings.frames, moving.holdings.seconds) == (3, 0.3)
    assert moving.content_digest == f"file1:{moving.sha256}"
