"""Pictures in the back office."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery import library
from gallery.models import Album, Image

AddImage = Callable[..., Image]

LIST = "/admin/gallery/image/"


@pytest.fixture
def office(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def act(office: Client, action: str, *images: Image) -> str:
    data = {"action": action, "_selected_action": [image.pk for image in images]}
    return office.post(f"{LIST}?place=all", data, follow=True).content.decode()


def test_list_shows_pictures_and_hashes_in_hex(office: Client, add_image: AddImage) -> None:
    image = add_image(1)
    html = office.get(LIST).content.decode()
    assert image.phash.hex in html
    assert f"/i/{image.public_id}/320.webp" in html
    assert "/admin/gallery/image/duplicates/" in html


def test_list_leaves_the_trash_aside(office: Client, add_image: AddImage, ann: User) -> None:
    kept, trashed = add_image(1), add_image(2)
    library.trash([trashed], ann)
    shown = {
        place: set(office.get(LIST, {"place": place} if place else {}).context["cl"].queryset)
        for place in ("", "trash", "all")
    }
    assert shown == {"": {kept}, "trash": {trashed}, "all": {kept, trashed}}


def test_search_finds_titles(office: Client, add_image: AddImage) -> None:
    image = add_image(1, title="Harbour")
    add_image(2, title="Forest")
    assert list(office.get(LIST, {"q": "harb"}).context["cl"].queryset) == [image]


def test_picture_shows_all_hashes(office: Client, add_image: AddImage) -> None:
    image = add_image(1)
    html = office.get(f"{LIST}{image.pk}/change/").content.decode()
    for hash_ in (image.ahash, image.dhash, image.phash, image.whash, image.colorhash):
        assert hash_.hex in html


def test_trash_and_restore(office: Client, add_image: AddImage) -> None:
    images = [add_image(1), add_image(2)]
    assert "Trashed 2." in act(office, "move_to_trash", *images)
    assert not Image.objects.untrashed().exists()
    assert "Restored 2." in act(office, "restore", *images)
    assert Image.objects.untrashed().count() == 2


def test_visibility_in_bulk(office: Client, add_image: AddImage) -> None:
    image = add_image(1)
    act(office, "make_private", image)
    image.refresh_from_db()
    assert image.visibility == "private"


def test_delete_is_for_the_trash_only(office: Client, add_image: AddImage, ann: User) -> None:
    image = add_image(1)
    assert office.get(f"{LIST}{image.pk}/delete/").status_code == 403
    library.trash([image], ann)
    assert office.post(f"{LIST}{image.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Image.objects.exists()


def test_delete_in_bulk_is_not_offered(office: Client, add_image: AddImage) -> None:
    add_image(1)
    assert "delete_selected" not in office.get(LIST).content.decode()


def test_adding_by_hand_is_not_offered(office: Client) -> None:
    assert office.get(f"{LIST}add/").status_code == 403


def test_filters_name_no_private_album(
    client: Client, reviewer: User, admin: User, add_image: Callable[..., Image]
) -> None:
    image = add_image(1)
    image.albums.set([Album.objects.create(name="Divorce")])
    Image.objects.update(visibility="private")
    add_image(2).albums.set([Album.objects.create(name="Weddings")])
    for user, sees_all in ((reviewer, False), (admin, True)):
        client.force_login(user)
        page = client.get("/admin/gallery/image/").content.decode()
        assert ("Divorce" in page) == sees_all
