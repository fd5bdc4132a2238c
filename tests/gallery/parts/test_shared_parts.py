"""What of a picture others show, for those who may see them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gallery.models import Closeup, Image, Verdict
from gallery.parts.shared_parts import parts_among, shared_part, shared_parts
from gallery.worker import finish
from tests.pictures import encoded, scene

AddImage = Callable[..., Image]


@pytest.fixture
def whole_and_part(add_image: AddImage) -> list[Image]:
    """A picture, and its upper right quarter."""
    pictures = (scene(1), scene(1).crop((320, 0, 640, 240)))
    files = [SimpleUploadedFile("file.jpg", encoded(picture, quality=85)) for picture in pictures]
    images = [add_image(file) for file in files]
    finish()
    return images


def test_a_sentence_for_either_side(whole_and_part: list[Image], ann: User) -> None:
    whole, part = whole_and_part
    (shown,) = shared_parts(whole, ann)
    assert (shown.image, shown.relation) == (part, "part of")
    assert shown.sentence.startswith("shows 2")
    assert shown.sentence.endswith("% of this picture, at the top right")
    (shown,) = shared_parts(part, ann)
    assert (shown.image, shown.relation) == (whole, "contains")
    assert shown.sentence.startswith("shows this picture at the top right")


def test_outlines_are_in_pixels_of_each_picture(whole_and_part: list[Image], ann: User) -> None:
    whole, part = whole_and_part
    shared = shared_part(part, whole)
    assert shared is not None
    corners = {tuple(map(int, point.split(","))) for point in shared.outline.split()}
    for x, y in ((320, 0), (640, 0), (640, 240), (320, 240)):
        assert min(abs(x - a) + abs(y - b) for a, b in corners) < 16
    assert shared.own_outline.count(",") == 4
    assert parts_among(whole_and_part)[part.pk, whole.pk].outline == shared.outline


def test_private_pictures_are_not_shown(whole_and_part: list[Image], ann: User, bob: User) -> None:
    whole, part = whole_and_part
    Image.objects.filter(pk=part.pk).update(visibility="private")
    assert shared_parts(whole, ann)
    assert not shared_parts(whole, bob)
    assert not shared_parts(whole, AnonymousUser())


def test_what_people_told_apart_is_not_shown(whole_and_part: list[Image], ann: User) -> None:
    whole, part = whole_and_part
    digests = sorted((whole.content_digest, part.content_digest))
    Verdict.objects.create(
        first_digest=digests[0], second_digest=digests[1], kind=Verdict.Kind.NOT_A_DUPLICATE
    )
    assert not shared_parts(whole, ann)


def test_pages_show_the_part(client: Client, whole_and_part: list[Image]) -> None:
    whole, part = whole_and_part
    text = client.get(whole.get_absolute_url()).content.decode()
    assert "Parts of the same picture" in text
    assert "<polygon" in text
    page = client.get(reverse("gallery:compare", args=[whole.public_id, part.public_id]))
    assert "A part of the same picture." in page.content.decode()
    assert page.content.decode().count("<polygon") == 2


def test_members_can_ask_again(client: Client, whole_and_part: list[Image], ann: User) -> None:
    whole, _ = whole_and_part
    url = reverse("gallery:seek_parts", args=[whole.public_id])
    assert client.post(url).status_code == 302
    assert Closeup.objects.get(image=whole).sought_by > 0
    client.force_login(ann)
    assert client.get(url).status_code == 405
    client.post(url)
    assert Closeup.objects.get(image=whole).sought_by == 0
