"""Every altered copy of the demonstration is known as the same picture, and told how it differs."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from demo.alterations import ALTERATIONS
from demo.collection import DemoPicture, demo_pictures
from gallery.comparing.comparisons import Comparison
from gallery.models import Image

SENTENCES = {
    "re-encoded": "JPEG quality about 40",
    "resized": "half the size",
    "grey": "in black and white",
    "sepia": "in sepia",
    "watermarked": "edited or re-saved",
    "exif-turned": "JPEG quality about 95",
    "metadata-changed": "only metadata differs: date, camera, author, software and comment",
    "byte-equal": "identical file",
    "png": "saved as PNG",
    "webp": "saved as WebP",
    "bordered": "with a border",
    "captioned": "with a border or caption",
    "mirrored": "mirrored",
    "rotated": "rotated 90° right",
    "tilted": "94 % of the size",
}


@pytest.fixture(scope="module")
def source(drawn: Callable[[DemoPicture], bytes]) -> bytes:
    scene = "lighthouse-before-the-storm.jpg"
    return next(drawn(picture) for picture in demo_pictures() if picture.file_name == scene)


@pytest.fixture
def original(add_image, source: bytes) -> Image:
    return add_image(SimpleUploadedFile("original.jpg", source))


@pytest.mark.parametrize("kind", sorted(ALTERATIONS))
def test_copy(add_image, original: Image, source: bytes, bob: User, kind: str) -> None:
    alteration = ALTERATIONS[kind]
    name = f"copy{alteration.extension or '.jpg'}"
    copy = add_image(SimpleUploadedFile(name, alteration.altered(source)), owner=bob)
    comparison = Comparison.of(original, copy)
    # What a crop of a tenth leaves is another composition.
    assert comparison.is_same is (kind != "cropped")
    assert kind == "cropped" or comparison.sentence == SENTENCES[kind]
