"""Every copy of the demonstration is recognised, and a sentence says how it differs."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from demo.alterations import ALTERATIONS, Alteration
from demo.collection import DemoPicture, demo_pictures
from demo.findings import COPIES
from gallery.comparing.comparisons import Comparison
from gallery.models import Image, MatchKind

SENTENCES = {
    "re-encoded": "JPEG quality about 40",
    "resized": "half the size",
    "grey": "in black and white",
    "sepia": "in sepia, brighter",
    "watermarked": "changed at the bottom right",
    "exif-turned": "JPEG quality about 95",
    "metadata-changed": "only metadata differs: date, camera, author, software and comment",
    "byte-equal": "identical file",
    "png": "saved as PNG",
    "webp": "saved as WebP",
    "bordered": "with a border",
    "captioned": "with a border or caption",
    "mirrored": "mirrored",
    "rotated": "rotated 90° right",
    "tilted": "tilted 3.0° to the left, cropped to 89 %",
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
    assert comparison.kind in _expected_kinds(alteration)
    assert kind == "cropped" or comparison.sentence == SENTENCES[kind]


def _expected_kinds(alteration: Alteration) -> tuple[MatchKind | None, ...]:
    if alteration.kind == "cropped":
        # Its hash is too far away: crops are found in the background, where the check sees them.
        return (None,)
    return (MatchKind.ALTERED,) if alteration.is_changed else COPIES
