"""Gray levels: those of Pillow where every pixel is there, and true to what edges leave out."""

import numpy as np
import pytest
from PIL import Image

from hashing.pictures.resampling import reduced_gray
from tests.pictures import photo

SIZES = [(816, 612), (531, 707), (301, 257)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_levels_are_those_of_pillow(size: tuple[int, int]) -> None:
    gray = photo(3, size).convert("L")
    levels = reduced_gray(gray, (0, 0, *size))
    for found, shape in (
        (levels.perceptual, (32, 32)),
        (levels.difference, (9, 8)),
        (levels.average, (8, 8)),
    ):
        expected = np.asarray(gray.resize(shape, Image.Resampling.LANCZOS), dtype=np.float32)
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() <= 1
        assert (found == expected).mean() > 0.98


def test_means_are_those_of_blocks() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (256, 320)).astype(np.uint8)
    means = reduced_gray(Image.fromarray(pixels), (0, 0, 320, 256)).means
    expected = pixels.reshape(8, 32, 8, 40).mean(axis=(1, 3))
    assert np.allclose(means, expected, atol=0.01)


def test_means_share_the_pixels_between_blocks() -> None:
    ramp = np.tile(np.arange(250, dtype=np.uint8), (300, 1))
    means = reduced_gray(Image.fromarray(ramp), (0, 0, 250, 300)).means
    middles = (np.arange(8) + 0.5) * 250 / 8 - 0.5
    assert np.allclose(means, np.tile(middles, (8, 1)), atol=0.3)


@pytest.mark.parametrize("side", [0, 1], ids=["right", "left"])
def test_what_an_edge_leaves_out_moves_nothing(side: int) -> None:
    whole = np.asarray(photo(5, (2400, 1800)).convert("L"), dtype=np.float64)
    # Eighths of the sides, of which the last ones are cut in two.
    cut = whole[:1796, :2396] if side == 0 else whole[:1796, 4:]
    reduced = whole.reshape(225, 8, 300, 8).mean(axis=(1, 3)).round().astype(np.uint8)
    extent = (0.5 * side, 0, 300 - 0.5 * (1 - side), 224.5)
    found = reduced_gray(Image.fromarray(reduced), extent).perceptual
    exact = Image.fromarray(cut.astype(np.uint8)).resize((32, 32), Image.Resampling.LANCZOS)
    blind = Image.fromarray(reduced).resize((32, 32), Image.Resampling.LANCZOS)
    error = np.abs(found - np.asarray(exact, dtype=np.float32)).mean()
    assert error < 0.3
    assert error < np.abs(np.asarray(blind, dtype=np.float32) - np.asarray(exact)).mean()


def test_picture_smaller_than_its_levels_has_them_too() -> None:
    levels = reduced_gray(Image.new("L", (5, 3), 77), (0, 0, 5, 3))
    assert (levels.perceptual == 77).all()
    assert np.allclose(levels.means, 77, atol=0.01)
