"""Which larger copies show no more than the smaller ones."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hashing.forensics.upscaling import Copy, is_enlarged, may_be_enlarged
from tests.pictures import encoded, photo

LARGE = (480, 360)


def detailed(seed: int, size: tuple[int, int] = LARGE) -> Image.Image:
    """Return a picture with grain, which photo() has not."""
    levels = np.asarray(photo(seed, size).convert("L"), dtype=np.float64)
    grain = np.random.default_rng(seed).normal(size=levels.shape) * 20
    return Image.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8))


def copy(image: Image.Image, quality: int | None) -> Copy:
    if quality is None:
        return Copy(image)
    return Copy(Image.open(BytesIO(encoded(image, quality=quality))).convert("L"), quality)


def resized(image: Image.Image, scale: float, filter_: Image.Resampling) -> Image.Image:
    return image.resize((round(image.width * scale), round(image.height * scale)), filter_)


FILTERS = [
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
    Image.Resampling.BILINEAR,
]


@pytest.mark.parametrize("filter_", FILTERS)
@pytest.mark.parametrize("scale", [1.5, 2])
@pytest.mark.parametrize("qualities", [(95, 90), (None, 85), (95, None)])
def test_enlarged(
    scale: float, filter_: Image.Resampling, qualities: tuple[int | None, int | None]
) -> None:
    small = copy(detailed(1), qualities[0])
    large = copy(resized(small.gray, scale, filter_), qualities[1])
    assert is_enlarged(small, large)
    assert not is_enlarged(large, small)


@pytest.mark.parametrize("filter_", [*FILTERS, Image.Resampling.BOX, Image.Resampling.NEAREST])
@pytest.mark.parametrize("scale", [1.25, 1.5, 2])
@pytest.mark.parametrize("is_sharp", [True, False])
def test_reduced(scale: float, filter_: Image.Resampling, is_sharp: bool) -> None:
    image = detailed(2) if is_sharp else photo(2, LARGE).convert("L")
    for small_quality, large_quality in ((85, 90), (None, 75), (95, None)):
        large = copy(image, large_quality)
        small = copy(resized(large.gray, 1 / scale, filter_), small_quality)
        assert not is_enlarged(small, large)


def test_another_picture() -> None:
    assert not is_enlarged(copy(detailed(1), 90), copy(detailed(2, (960, 720)), 90))


def test_flat_and_tiny_pictures_say_nothing() -> None:
    flat = Copy(Image.new("L", (100, 100), 90)), Copy(Image.new("L", (200, 200), 90))
    tiny = Copy(Image.new("L", (5, 5))), Copy(Image.new("L", (10, 10)))
    assert not is_enlarged(*flat)
    assert not is_enlarged(*tiny)


@pytest.mark.parametrize(
    ("small", "large", "expected"),
    [
        ((320, 240), (640, 480), True),
        ((321, 240), (642, 480), True),
        ((333, 500), (500, 751), True),
        ((320, 240), (340, 255), False),
        ((640, 480), (320, 240), False),
        ((320, 240), (640, 500), False),
        ((320, 240), (480, 640), False),
    ],
)
def test_sizes(small: tuple[int, int], large: tuple[int, int], expected: bool) -> None:
    assert may_be_enlarged(small, large) is expected
