"""Looking at two pictures says whether one is a copy of the other, and where they differ."""

import json

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from hashing.fingerprints import Alignment, Turn
from hashing.pictures import Preview
from hashing.verification import Change, Kind, Verification, verify
from tests.pictures import encoded, photo


def preview(image: Image.Image) -> Preview:
    return Preview.from_bytes(Preview.of(image).to_bytes())


def reopened(image: Image.Image, quality: int) -> Image.Image:
    from io import BytesIO

    return Image.open(BytesIO(encoded(image, "JPEG", quality=quality)))


@pytest.mark.parametrize("quality", [40, 60, 90])
def test_another_quality_is_a_copy(quality: int) -> None:
    image = photo(1, (640, 480))
    found = verify(preview(image), preview(reopened(image, quality)))
    assert found.kind == Kind.COPY
    assert not found.boxes


@pytest.mark.parametrize("turn", list(Turn))
def test_a_turned_picture_is_a_copy(turn: Turn) -> None:
    image = photo(2, (640, 480))
    found = verify(preview(image), preview(turn.applied_to(image)), Alignment(0, turn))
    assert found.kind == Kind.COPY
    assert found.alignment.turn == turn


def test_another_picture_is_different() -> None:
    assert verify(preview(photo(1)), preview(photo(2))).kind == Kind.DIFFERENT


def test_what_was_painted_over_is_boxed_in_both() -> None:
    image = photo(3, (640, 480))
    painted = image.copy()
    painted.paste(photo(4, (120, 90)), (400, 300))
    found = verify(preview(image), preview(painted))
    assert found.kind == Kind.ALTERED
    left, top, right, bottom = found.boxes[0].second
    assert np.allclose(
        (left, top, right, bottom), (400 / 640, 300 / 480, 520 / 640, 390 / 480), atol=0.09
    )


def test_a_crop_is_named_with_its_share() -> None:
    image = photo(5, (640, 480))
    found = verify(preview(image), preview(image.crop((64, 48, 576, 432))))
    assert found.kind == Kind.COPY
    (amount,) = [c.amount for c in found.changes if c.change == Change.CROPPED]
    assert abs(amount - 0.36) < 0.02


def test_it_is_the_same_from_the_other_side() -> None:
    image = photo(6, (640, 480))
    other = ImageEnhance.Brightness(image.rotate(2).crop((60, 60, 580, 420))).enhance(0.8)
    there, back = (verify(*map(preview, pair)) for pair in ((image, other), (other, image)))
    assert there.kind == back.kind
    assert there.boxes == back.swapped().boxes
    assert np.allclose(there.alignment.map.matrix, back.alignment.map.inverse.matrix)


def test_it_survives_being_stored_as_json() -> None:
    found = verify(preview(photo(7)), preview(photo(7).crop((0, 0, 300, 220))))
    assert Verification.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_pictures_of_one_colour_cannot_be_verified() -> None:
    fog = [preview(Image.new("RGB", (320, 240), colour)) for colour in ("silver", "silver")]
    assert verify(*fog).kind == Kind.UNVERIFIED
