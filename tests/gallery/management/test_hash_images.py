"""hash_images in the gallery: everything that is derived from a file is made again."""

from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from gallery.models import Image


@pytest.mark.django_db
def test_columns_and_renditions_are_made_again(add_image: Any) -> None:
    image = add_image(1, title="A title")
    Image.objects.update(phash=None, sha256="", content_digest="", width=None, format="")
    folders, _ = default_storage.listdir("renditions")
    assert folders
    out = StringIO()
    call_command("hash_images", "--missing", "--model", "gallery.Image", stdout=out)
    assert out.getvalue().startswith("1 hashed")
    again = Image.objects.get()
    for name in (*Image.DERIVED, "file", "title", "created_at", "public_id"):
        assert getattr(again, name) == getattr(image, name), name
