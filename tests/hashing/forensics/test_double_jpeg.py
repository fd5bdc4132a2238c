"""The earlier saving that a picture still shows."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hashing.exceptions import Refusal
from hashing.forensics.double_jpeg import LEAST_SIDE, earlier_quality
from hashing.pictures.decoding import decode_luma
from tests.pictures import encoded, photo


def told(data: bytes) -> int | None:
    luma, tables = decode_luma(BytesIO(data))
    return earlier_quality(np.asarray(luma), tables)


def saved(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(BytesIO(encoded(image, quality=quality))).convert("RGB")


@pytest.mark.parametrize("quality", [50, 75, 85, 95])
def test_saved_once(quality: int) -> None:
    assert told(encoded(photo(quality), quality=quality)) is None


def test_never_saved() -> None:
    assert told(encoded(photo(1), "PNG")) is None


@pytest.mark.parametrize(("earlier", "later"), [(60, 95), (60, 85), (75, 88), (85, 95)])
def test_saved_again_at_a_higher_quality(earlier: int, later: int) -> None:
    found = told(encoded(saved(photo(1), earlier), quality=later))
    assert found is not None
    assert abs(found - earlier) <= 3


@pytest.mark.parametrize(
    "edit",
    [
        lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        lambda image: image.transpose(Image.Transpose.ROTATE_90),
        lambda image: image.crop((3, 5, 310, 230)),
        lambda image: image.convert("L").convert("RGB"),
    ],
    ids=["mirrored", "turned", "cropped", "grey"],
)
def test_edited_in_between(edit: Callable[[Image.Image], Image.Image]) -> None:
    found = told(encoded(edit(saved(photo(2), 60)), quality=95))
    assert found is not None
    assert abs(found - 60) <= 2


def test_without_losses_since() -> None:
    found = told(encoded(saved(photo(3), 75), "PNG"))
    assert found is not None
    assert abs(found - 75) <= 1


def test_saved_again_at_a_lower_quality_is_not_told() -> None:
    assert told(encoded(saved(photo(1), 90), quality=70)) is None


def test_turned_by_a_note_in_the_file_only() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert told(encoded(photo(4, (317, 243)), quality=80, exif=exif)) is None


@pytest.mark.parametrize("side", [1, 7, LEAST_SIDE - 1, LEAST_SIDE])
def test_small_and_flat_pictures_tell_nothing(side: int) -> None:
    assert told(encoded(Image.new("RGB", (side, 300), "grey"), quality=90)) is None


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_any_mode(mode: str) -> None:
    image = Image.new("I;16", (80, 80)) if mode == "I;16" else photo(1, (80, 80)).convert(mode)
    assert told(encoded(image, "PNG")) is None


def test_cmyk() -> None:
    assert told(encoded(photo(1).convert("CMYK"), quality=90)) is None


def test_half_a_file_is_refused() -> None:
    data = encoded(photo(1))
    with pytest.raises(Refusal):
        told(data[: len(data) // 2])


def test_photographs_saved_once_are_not_accused(corpus: Path) -> None:
    accused = 0
    for path in sorted(corpus.glob("distinct/*"))[::20]:
        with Image.open(path) as file:
            # Smaller, because many were saved twice before they were published.
            image = file.convert("RGB").resize((file.width * 4 // 5, file.height * 4 // 5))
        accused += told(encoded(image, quality=85)) is not None
    assert accused == 0
