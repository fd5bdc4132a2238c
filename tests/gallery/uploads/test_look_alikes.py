"""Pictures that look like one that was just stored."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from gallery.models import Image
from gallery.uploads.look_alikes import look_alikes
from tests.pictures import encoded, photo, upload

AddImage = Callable[..., Image]


def flat(colour: str, **options: Any) -> SimpleUploadedFile:
    image = PillowImage.new("RGB", (64, 64), colour)
    return SimpleUploadedFile("flat.png", encoded(image, "PNG", **options))


def similar() -> SimpleUploadedFile:
    """Return photo(1) in 8 × 8 flat tiles: a picture of its own, with nearly the same hash."""
    tiles = photo(1).resize((8, 8)).resize((320, 240), PillowImage.Resampling.NEAREST)
    return SimpleUploadedFile("similar.jpg", encoded(tiles))


def test_copies_come_first_and_say_how_they_differ(add_image: AddImage, ann: User) -> None:
    near = add_image(similar())
    copy = add_image(upload(1, quality=40))
    found = look_alikes(add_image(1), ann)
    assert [look_alike.image for look_alike in found] == [copy, near]
    assert found[0].same.sentence
    assert found[1].same is None
    assert found[0].distance <= found[1].distance <= 10


def test_only_the_nearest_are_returned(add_image: AddImage, ann: User) -> None:
    for quality in (30, 50, 70):
        add_image(upload(1, quality=quality))
    assert len(look_alikes(add_image(1), ann, limit=2)) == 2


def test_private_pictures_of_others_are_left_out(add_image: AddImage, ann: User, bob: User) -> None:
    add_image(upload(1, quality=40), owner=bob, visibility="private")
    assert look_alikes(add_image(1), ann) == []


def test_flat_pictures_look_like_equal_ones_only(add_image: AddImage, ann: User) -> None:
    white = add_image(flat("white"))
    assert look_alikes(add_image(flat("black")), ann) == []
    (look_alike,) = look_alikes(add_image(flat("white", compress_level=0)), ann)
    assert (look_alike.image, look_alike.distance) == (white, 0)
