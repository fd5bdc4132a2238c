"""Tags and albums that hold pictures to which the visitor has access."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from django.db.models import CharField, Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from gallery.models import Album, Image, Tag
from gallery.people import Member, Visitor

Collection = Tag | Album
SomeCollection = TypeVar("SomeCollection", Tag, Album, Tag | Album)

MAX_NAME_LENGTH = 100


class ImageCollections(NamedTuple):
    """The tags and the albums of one picture, sorted by name; unsaved, with name and slug only."""

    tags: list[Tag]
    albums: list[Album]


@dataclass(frozen=True)
class AlbumCover:
    """An album with its newest pictures, the newest first."""

    album: Album
    images: list[Image]


def visible_collections(user: Visitor, model: type[SomeCollection]) -> QuerySet[SomeCollection]:
    """Return tags or albums by name, each with `.shown`, the number of pictures `user` can see."""
    visible = Image.objects.visible_to(user)
    return (
        model.objects.filter(images__in=visible.values("pk"))
        .annotate(shown=Count("images"))
        .order_by("name")
    )


def collections_of(image: Image) -> ImageCollections:
    """Return the tags and albums of a picture, in one query."""
    kinds = {model._meta.model_name: model for model in (Tag, Album)}
    tags, albums = (
        model.objects.filter(images=image)
        .order_by()
        .values_list(Value(kind, CharField()), "name", "slug")
        for kind, model in kinds.items()
    )
    collections = ImageCollections([], [])
    for kind, name, slug in tags.union(albums, all=True).order_by("name"):
        if kinds[kind] is Tag:
            collections.tags.append(Tag(name=name, slug=slug))
        else:
            collections.albums.append(Album(name=name, slug=slug))
    return collections


def album_covers(user: Visitor, count: int = 3) -> list[AlbumCover]:
    """Return the albums that `user` can see, each with its `count` newest pictures."""
    newest = _newest_in_albums(user, count)
    return [AlbumCover(album, newest[album.pk]) for album in visible_collections(user, Album)]


def _newest_in_albums(user: Visitor, count: int) -> dict[int, list[Image]]:
    rank = Window(RowNumber(), partition_by=F("albums"), order_by=("-created_at", "-pk"))
    pairs: list[tuple[int, int]] = list(
        Image.objects.visible_to(user)
        .filter(albums__isnull=False)
        .annotate(rank=rank)
        .filter(rank__lte=count)
        .order_by("albums", "rank")
        .values_list("albums", "pk")
    )
    images = Image.objects.in_bulk({image for _, image in pairs})
    newest: dict[int, list[Image]] = defaultdict(list)
    for album, image in pairs:
        newest[album].append(images[image])
    return newest


def get_or_create_named(
    model: type[SomeCollection], names: Iterable[str], owner: Member | None
) -> list[SomeCollection]:
    """
    Return the tags, or albums, with these names, and create missing ones.

    An existing name in another case is reused only if `owner` has access to one of its pictures:
    otherwise it would reveal other people's private pictures.
    """
    public = Q(images__visibility=Image.Visibility.PUBLIC)
    known = Q(images=None) | (public | Q(images__owner=owner) if owner else public)
    collections = []
    for name in dict.fromkeys(" ".join(name.split())[:MAX_NAME_LENGTH] for name in names):
        if name:
            existing = model.objects.filter(known, name__iexact=name).first()
            collections.append(existing or model.objects.get_or_create(name=name)[0])
    return collections
