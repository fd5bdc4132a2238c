"""hash_images on pictures of the gallery: the gallery's own columns and renditions come too."""

import json
from collections.abc import Callable
from io import StringIO

from django.core.files.storage import default_storage
from django.core.management import call_command

from gallery.models import Image


def test_file_columns_and_renditions_are_made_again(add_image: Callable[..., Image]) -> None:
    image = add_image(1, title="A title")
    Image.objects.update(phash=None, sha256="", content_digest="", width=None, format="")
    folders, _ = default_storage.listdir("renditions")
    assert folders
    out = StringIO()
    call_command("hash_images", "--missing", "--json", "--model", "gallery.Image", stdout=out)
    assert json.loads(out.getvalue())["hashed"] == 1
    again = Image.objects.get()
    for name in (*Image.DERIVED, "file", "title", "created_at", "public_id"):
        assert getattr(again, name) == getattr(image, name), name
