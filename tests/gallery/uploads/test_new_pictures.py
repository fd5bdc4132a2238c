"""A decoded file becomes a picture with its row, tags and albums."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from gallery.models import Image
from gallery.uploads.accepted_files import decoded
from gallery.uploads.details import Details
from gallery.uploads.new_pictures import new_image, store
from tests.pictures import upload


def test_picture_is_stored_with_its_details(ann: User) -> None:
    file = upload(1)
    details = Details(title="T", tags=("sea",), albums=("2026",), source="demo/a.jpg")
    store(file, decoded(file), ann, "a.jpg", details)
    image = Image.objects.get()
    assert (image.title, image.source, image.original_name) == ("T", "demo/a.jpg", "a.jpg")
    assert [tag.name for tag in image.tags.all()] == ["sea"]
    assert [album.name for album in image.albums.all()] == ["2026"]


def test_picture_needs_no_owner(db: None) -> None:
    file = upload(1, format="PNG")
    image = store(file, decoded(file), None, "a.jpg", Details())
    assert (image.owner, Path(image.file.name).suffix) == (None, ".png")


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("Garden party.jpg", "", "Garden party"),
        ("IMG_1234.jpg", "", ""),
        ("a.jpg", "Tea", "Tea"),
    ],
)
def test_title_is_the_sender_s_or_made_from_the_name(name: str, title: str, expected: str) -> None:
    assert new_image(None, name, Details(title=title)).title == expected
