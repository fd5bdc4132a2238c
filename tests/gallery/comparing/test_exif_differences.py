"""The metadata in which two files of the same pixels differ."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags
from PIL import Image as PillowImage

from gallery.comparing.exif_differences import exif_differences
from gallery.models import Image
from tests.pictures import encoded, photo

Store = Callable[..., Image]


@pytest.fixture
def store(add_image: Callable[..., Image]) -> Store:
    def stored(name: str, **options: Any) -> Image:
        return add_image(SimpleUploadedFile(name, encoded(photo(1), **options)))

    return stored


def test_names_of_differing_metadata_in_their_order(store: Store) -> None:
    exif = PillowImage.Exif()
    exif[ExifTags.Base.Software] = "Editor"
    exif[ExifTags.Base.DateTime] = "2024:05:01 12:01:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    pair = store("bare.jpg"), store("tagged.jpg", exif=exif, comment=b"Sent")
    assert exif_differences(*pair) == ["date", "GPS", "software", "comment"]
    assert exif_differences(*pair[::-1]) == exif_differences(*pair)
    assert exif_differences(pair[0], pair[0]) == []


def test_only_jpegs_are_read(store: Store) -> None:
    assert exif_differences(store("a.jpg"), store("b.png", format="PNG")) == []


def test_a_missing_file_has_no_differences(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    first, second = store("a.jpg"), store("b.jpg", comment=b"Sent")
    second.file.storage.delete(second.file.name)
    assert exif_differences(first, second) == []
    assert "Cannot compare the metadata" in caplog.text
