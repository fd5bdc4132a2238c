"""Fingerprints: near for copies, far for others, and modest about flat pictures."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hashing.exceptions import Refusal
from hashing.fingerprints.algorithms import ALGORITHMS
from hashing.fingerprints.fingerprint import Fingerprint, fingerprint, has_points, is_informative
from hashing.pictures.decoding import DecodeOptions, decode
from tests.pictures import encoded, photo

GRAY = ["phash", "dhash", "ahash", "whash"]


def of(image: Image.Image, format: str = "JPEG", **options: Any) -> Fingerprint:
    return fingerprint(BytesIO(encoded(image, format, **options)))


def informative(image: Image.Image) -> bool:
    return is_informative(decode(BytesIO(encoded(image, "PNG"))))


def test_fingerprint_has_every_hash_and_both_digests() -> None:
    data = encoded(photo(1))
    print_ = fingerprint(BytesIO(data))
    picture = decode(BytesIO(data))
    assert print_.hashes == {name: hash_(picture) for name, hash_ in ALGORITHMS.items()}
    assert (print_.sha256, print_.content_digest) == (picture.sha256, picture.content_digest)
    assert print_ == fingerprint(picture)


def test_fingerprint_has_only_the_hashes_that_are_asked_for() -> None:
    assert list(fingerprint(BytesIO(encoded(photo(1))), ["dhash"]).hashes) == ["dhash"]


def test_fingerprint_minds_the_limits() -> None:
    with pytest.raises(Refusal):
        fingerprint(BytesIO(encoded(photo(1))), options=DecodeOptions(max_pixels=100))


@pytest.mark.parametrize("name", GRAY)
def test_copy_is_near(name: str) -> None:
    original = photo(6, (1200, 900))
    copies = [
        of(original, quality=60),
        of(original, "WEBP", quality=70),
        of(original.resize((600, 450), Image.Resampling.LANCZOS)),
    ]
    for copy in copies:
        assert copy.hashes[name] - of(original, quality=95).hashes[name] <= 4


@pytest.mark.parametrize("name", ["phash", "dhash"])
def test_another_picture_is_far(name: str) -> None:
    hashes = [of(photo(seed)).hashes[name] for seed in range(8)]
    for i, one in enumerate(hashes):
        for other in hashes[:i]:
            assert one - other >= 16


def test_draft_moves_hashes_by_few_bits() -> None:
    data = encoded(photo(7, (2400, 1800)))
    drafted = fingerprint(BytesIO(data))
    exact = fingerprint(BytesIO(data), options=DecodeOptions(short_side=None))
    for name in GRAY:
        assert drafted.hashes[name] - exact.hashes[name] <= 2


def test_photograph_is_informative() -> None:
    assert all(informative(photo(seed)) for seed in range(5))
    assert informative(photo(1).convert("L"))


def test_text_on_white_is_informative() -> None:
    card = Image.new("RGB", (600, 400), "white")
    draw = ImageDraw.Draw(card)
    for line in range(8):
        draw.text((30, 30 + 40 * line), "A card with words on it " * 2, fill="black", font_size=30)
    assert informative(card)


@pytest.mark.parametrize("colour", ["black", "white", "green", (128, 128, 128)], ids=str)
def test_picture_of_one_colour_is_not_informative(colour: str | tuple[int, int, int]) -> None:
    assert not informative(Image.new("RGB", (300, 200), colour))


def test_nearly_empty_picture_is_not_informative() -> None:
    noise = np.random.default_rng(0).normal(240, 8, (400, 600)).clip(0, 255).astype(np.uint8)
    assert not informative(Image.fromarray(noise))
    dot = Image.new("RGB", (600, 400), "white")
    dot.paste("black", (300, 200, 304, 204))
    assert not informative(dot)
    assert not informative(Image.new("RGBA", (50, 50), (255, 0, 0, 0)))


def test_fine_checkerboard_is_not_informative() -> None:
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert not informative(Image.fromarray(board))


def test_photographs_are_informative(corpus: Path) -> None:
    flat = []
    for path in sorted((corpus / "distinct").iterdir()):
        with path.open("rb") as file:
            if not is_informative(decode(file)):
                flat.append(path.name)
    assert not flat


def night_sky(seed: int = 1) -> Image.Image:
    """Return a dark picture with a few hundred stars."""
    rng = np.random.default_rng(seed)
    levels = np.full((400, 600, 3), (5, 8, 16), dtype=np.uint8)
    for y, x in zip(rng.integers(1, 399, 300), rng.integers(1, 599, 300), strict=True):
        levels[y : y + 2, x : x + 2] = rng.integers(120, 256)
    return Image.fromarray(levels)


def test_stars_stand_out_from_a_flat_sky() -> None:
    sky = decode(BytesIO(encoded(night_sky())), DecodeOptions())
    assert not is_informative(sky)
    assert has_points(sky)


def test_nothing_stands_out_from_a_flat_picture_a_pattern_or_noise() -> None:
    rng = np.random.default_rng(0)
    board = (np.indices((400, 600)).sum(axis=0) % 2 * 255).astype(np.uint8)
    noise = (128 + rng.normal(0, 6, (400, 600))).clip(0, 255).astype(np.uint8)
    flat = [Image.new("RGB", (600, 400), "teal"), Image.fromarray(board), Image.fromarray(noise)]
    for image in flat:
        assert not has_points(decode(BytesIO(encoded(image, "PNG")), DecodeOptions()))
