"""Tags and albums: what a visitor sees of them, and which are created."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.library.collections import (
    Collection,
    album_covers,
    collections_of,
    get_or_create_named,
    visible_collections,
)
from gallery.models import Album, Image, Tag


def named(model: type[Collection], owner: User | None, *names: str) -> list[str]:
    return [collection.name for collection in get_or_create_named(model, names, owner)]


@pytest.mark.parametrize("model", [Tag, Album])
class TestGetOrCreateNamed:
    def test_creates_each_name_once(self, db: None, model: Any) -> None:
        assert named(model, None, " red   sea ", "red sea", "", " ", "x" * 101) == [
            "red sea",
            "x" * 100,
        ]
        assert model.objects.count() == 2

    def test_reuses_another_case_that_the_owner_knows(
        self, ann: User, bob: User, model: Any
    ) -> None:
        shot = Image.objects.create(owner=ann)
        shot.tags.add(Tag.objects.create(name="Sea"))
        shot.albums.add(Album.objects.create(name="Sea"))
        assert named(model, bob, "sea") == ["Sea"]

    def test_does_not_reveal_names_of_private_pictures(
        self, ann: User, bob: User, model: Any
    ) -> None:
        secret = Image.objects.create(owner=ann, visibility="private")
        secret.tags.add(Tag.objects.create(name="Sea"))
        secret.albums.add(Album.objects.create(name="Sea"))
        assert named(model, bob, "sea") == ["sea"]
        assert named(model, None, "SEA") == ["sea"]
        assert named(model, ann, "SEA") == ["Sea"]


def test_visible_collections_count_visible_pictures(ann: User, bob: User) -> None:
    public = Image.objects.create(owner=ann)
    secret = Image.objects.create(owner=ann, visibility="private")
    sea, hills = Tag.objects.create(name="sea"), Tag.objects.create(name="hills")
    sea.images.add(public, secret)
    hills.images.add(secret)
    for user, counts in [
        (AnonymousUser(), {"sea": 1}),
        (bob, {"sea": 1}),
        (ann, {"hills": 1, "sea": 2}),
    ]:
        shown = visible_collections(user, Tag)
        assert {tag.name: tag.shown for tag in shown} == counts
        assert [tag.name for tag in shown] == sorted(counts)


def test_collections_of_a_picture(ann: User, django_assert_num_queries: Any) -> None:
    shot = Image.objects.create(owner=ann)
    shot.tags.add(Tag.objects.create(name="sea"), Tag.objects.create(name="Ahoi"))
    shot.albums.add(Album.objects.create(name="Coast"))
    with django_assert_num_queries(1):
        tags, albums = collections_of(shot)
    assert [tag.name for tag in tags] == ["Ahoi", "sea"]
    assert [(album.name, album.slug) for album in albums] == [("Coast", "coast")]


def test_album_covers_are_the_newest_visible_pictures(
    ann: User, bob: User, django_assert_num_queries: Any
) -> None:
    images = [Image.objects.create(owner=ann) for _ in range(5)]
    secret = Image.objects.create(owner=ann, visibility="private")
    coast, ships = Album.objects.create(name="Coast"), Album.objects.create(name="Ships")
    coast.images.add(*images, secret)
    ships.images.add(images[0])
    with django_assert_num_queries(3):
        covers = album_covers(bob)
    newest = sorted(images, key=lambda image: (image.created_at, image.pk), reverse=True)
    assert [(cover.album, cover.images) for cover in covers] == [
        (coast, newest[:3]),
        (ships, [images[0]]),
    ]
    assert album_covers(AnonymousUser(), count=1)[0].images == newest[:1]
    assert secret in album_covers(ann)[0].images
