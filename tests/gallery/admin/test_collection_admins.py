"""Tags and albums in the back office."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Album, Image, Tag


@pytest.mark.parametrize(("model", "name"), [(Tag, "tag"), (Album, "album")])
def test_tags_and_albums_count_their_pictures(
    client: Client, admin: User, add_image: Callable[..., Image], model: type[Tag], name: str
) -> None:
    client.force_login(admin)
    thing = model.objects.create(name="Sea")
    thing.images.add(add_image(1), add_image(2))
    page = client.get(f"/admin/gallery/{name}/")
    assert page.context["cl"].queryset.get().picture_count == 2
    data = {"name": "Sea and shore", "description": ""}
    assert client.post(f"/admin/gallery/{name}/{thing.pk}/change/", data).status_code == 302
    thing.refresh_from_db()
    assert (thing.name, thing.slug) == ("Sea and shore", "sea")
