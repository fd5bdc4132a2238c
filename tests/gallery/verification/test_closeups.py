"""Close-ups are stored with pictures, made again when these change, and never stop anything."""

from collections.abc import Callable

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

from gallery.models import Closeup, Image
from gallery.verification.closeups import make_missing, previews_of, without_closeup
from tests.colours import COLOURS, patches, rgb_profile, srgb
from tests.gallery.match_rows import add, picture
from tests.pictures import encoded, upload

AddImage = Callable[..., Image]


def test_an_upload_stores_one_with_the_row(add_image: AddImage) -> None:
    image = add_image(1)
    closeup = Closeup.objects.get(image=image)
    assert closeup.content_digest == image.content_digest
    assert len(closeup.preview) < 8000
    assert not without_closeup().exists()


def test_it_shows_the_colours_that_the_profile_means(add_image: AddImage) -> None:
    data = encoded(patches(COLOURS), "PNG", icc_profile=rgb_profile(1.0))
    image = add_image(SimpleUploadedFile("a.png", data))
    centre = previews_of([image])[image.pk].pixels[20, 20].astype(int)
    assert np.abs(centre - srgb(np.array(COLOURS[0]) / 255)).max() <= 6  # WebP takes a few


def test_a_picture_saved_in_code_gets_one_when_it_is_wanted(db: None) -> None:
    image = Image.objects.create(file=upload(1))
    assert list(without_closeup()) == [image]
    assert previews_of([image])[image.pk].pixels.shape[2] == 3
    assert not without_closeup().exists()


def test_a_replaced_file_gets_a_new_one(add_image: AddImage) -> None:
    image = add_image(1)
    before = bytes(image.closeup.preview)
    image.file = upload(2)
    image.save()
    assert list(without_closeup()) == [image]
    make_missing([image])
    assert bytes(Closeup.objects.get(image=image).preview) != before


def test_a_missing_file_is_passed_over_and_not_read_again(db: None) -> None:
    (image,) = add([picture(1, phash=None)])
    assert list(without_closeup()) == [image]
    assert previews_of([image]) == {}
    assert bytes(Closeup.objects.get(image=image).preview) == b""
    assert not without_closeup().exists()


def test_a_deleted_picture_takes_its_own_along(add_image: AddImage) -> None:
    add_image(1).delete()
    assert not Closeup.objects.exists()
