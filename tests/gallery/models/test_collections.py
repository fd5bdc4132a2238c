"""Tags and albums: every name gets an address of its own."""

import pytest

from gallery.models.collections import Album, Tag

pytestmark = pytest.mark.django_db


def test_address_is_made_from_the_name() -> None:
    tag, album = Tag.objects.create(name="Bonn, Berlin"), Album.objects.create(name="Été")
    assert (tag.slug, album.slug) == ("bonn-berlin", "été")
    assert tag.get_absolute_url().endswith("/bonn-berlin/")


def test_address_stays_when_the_name_changes() -> None:
    tag = Tag.objects.create(name="sea")
    tag.name = "shore"
    tag.save()
    assert tag.slug == "sea"


def test_names_with_the_same_address_get_different_ones() -> None:
    first, second = Tag.objects.create(name="C"), Tag.objects.create(name="C++")
    assert first.slug == "c"
    assert second.slug.startswith("c-")


@pytest.mark.parametrize("name", ["+++", "ß" * 100])
def test_any_name_has_an_address(name: str) -> None:
    tag = Tag.objects.create(name=name)
    assert 0 < len(tag.slug) <= 110
