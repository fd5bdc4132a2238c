"""Changes of the colours of stored pictures."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ImageOps

from gallery.comparing.colour_changes import colour_change
from gallery.matching.alignments import EQUAL_CONTENT
from gallery.models import Image
from gallery.similar.same_pictures import SamePicture
from tests.pictures import encoded, photo


@pytest.fixture
def pair(add_image: Callable[..., Image]) -> tuple[Image, Image]:
    grey = encoded(ImageOps.grayscale(photo(1)), quality=80)
    return add_image(1), add_image(SimpleUploadedFile("grey.jpg", grey))


def test_stored_pictures_are_looked_at(pair: tuple[Image, Image], settings: Any) -> None:
    assert SamePicture(*pair, EQUAL_CONTENT).sentence.startswith("in black and white")
    assert SamePicture(*pair[::-1], EQUAL_CONTENT).sentence.startswith("in colour")


def test_of_lost_files_and_of_pictures_that_are_not_stored_nothing_is_said(
    pair: tuple[Image, Image], settings: Any, tmp_path: Any
) -> None:
    assert colour_change(Image(colorhash=pair[0].colorhash), pair[1], EQUAL_CONTENT) == ""
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert colour_change(*pair, EQUAL_CONTENT) == ""
