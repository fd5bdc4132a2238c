"""Smaller versions of a picture."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from gallery.files.renditions import open_rendition, rendition_key, rendition_sizes
from gallery.models import Image
from tests.colours import COLOURS, SIDE, patches, rgb_profile, seen, srgb
from tests.pictures import encoded, photo

AddImage = Callable[..., Image]


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (4000, 3000, [(320, 320), (640, 640), (1600, 1600)]),
        (3000, 4000, [(320, 240), (640, 480), (1600, 1200)]),
        (1632, 1224, [(320, 320), (640, 640), (1600, 1632)]),
        (1690, 1000, [(320, 320), (640, 640), (1600, 1600)]),
        (500, 400, [(320, 320), (640, 500)]),
        (640, 480, [(320, 320), (640, 640)]),
        (100, 50, [(320, 100)]),
        (1, 60000, [(320, 1), (640, 1), (1600, 1)]),
    ],
)
def test_no_size_is_larger_than_the_picture(
    width: int, height: int, sizes: list[tuple[int, int]]
) -> None:
    assert rendition_sizes(Image(width=width, height=height)) == sizes


def test_picture_without_size_has_none() -> None:
    assert rendition_sizes(Image()) == []


@pytest.mark.parametrize("width", [2000, 1640])
def test_they_are_made_with_the_picture(add_image: AddImage, width: int) -> None:
    large = SimpleUploadedFile("a.jpg", encoded(photo(1, (width, width // 2))))
    image = add_image(large)
    for size, width in rendition_sizes(image):
        with default_storage.open(rendition_key(image, size)) as file:
            rendition = PillowImage.open(file)
            assert (rendition.format, rendition.size) == ("WEBP", (width, width // 2))


def test_they_are_upright_and_without_metadata(add_image: AddImage) -> None:
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 0.0)
    image = add_image(SimpleUploadedFile("a.jpg", encoded(photo(1), exif=exif)))
    rendition = PillowImage.open(BytesIO(open_rendition(image, 320)))
    assert rendition.size == (240, 320)
    assert not rendition.getexif()
    assert b"EXIF" not in open_rendition(image, 320)


def test_missing_one_is_made_when_asked_for(add_image: AddImage) -> None:
    image = add_image(1)
    before = open_rendition(image, 320)
    default_storage.delete(rendition_key(image, 320))
    assert open_rendition(image, 320) == before


def test_replaced_file_has_others(add_image: AddImage) -> None:
    image = add_image(1)
    key = rendition_key(image, 320)
    image.file = SimpleUploadedFile("b.jpg", encoded(photo(2)))
    image.save(update_fields=["file"])
    image.refresh_from_db()
    assert rendition_key(image, 320) != key
    assert default_storage.exists(rendition_key(image, 320))


def test_deleted_picture_takes_its_files_along(
    add_image: AddImage, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    image = add_image(1)
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("width", [640, 3400])
def test_colours_mean_srgb(add_image: AddImage, width: int) -> None:
    picture = patches(COLOURS).resize((width, width // 2), PillowImage.Resampling.NEAREST)
    data = encoded(picture, quality=95, icc_profile=rgb_profile(1.0))
    image = add_image(SimpleUploadedFile("a.jpg", data))
    for size, _ in rendition_sizes(image):
        rendition = PillowImage.open(BytesIO(open_rendition(image, size)))
        assert "icc_profile" not in rendition.info
        centres = seen(rendition.resize((4 * SIDE, 2 * SIDE), PillowImage.Resampling.BOX))
        assert np.abs(centres - srgb(np.array(COLOURS) / 255)).max() <= 6  # WebP takes a few


@pytest.mark.parametrize("profile", [b"broken", b"x" * 1000, rgb_profile(1.0)[:200]])
def test_broken_profile_costs_no_picture(add_image: AddImage, profile: bytes) -> None:
    image = add_image(SimpleUploadedFile("a.jpg", encoded(photo(1), icc_profile=profile)))
    assert open_rendition(image, 320)


def test_file_that_cannot_be_decoded_leaves_nothing_of_the_old_one(add_image: AddImage) -> None:
    image = add_image(1)
    image.file = SimpleUploadedFile("a.jpg", b"no picture")
    image.save()
    image.refresh_from_db()
    assert (image.sha256, image.width, image.format, image.phash) == ("", None, "", None)
    assert rendition_sizes(image) == []


def test_picture_without_a_file_can_be_deleted(
    db: None, django_capture_on_commit_callbacks: Any
) -> None:
    image = Image.objects.create(title="Lost")
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert not Image.objects.exists()
