"""Tags and albums as a visitor may know them: those that hold a picture this visitor may see."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import CharField, Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from gallery.models import Album, Image, Tag
from gallery.people import Member, Visitor

Shelf = Tag | Album

MODELS: dict[str, type[Shelf]] = {"tags": Tag, "albums": Album}


def shown_to(user: Visitor, model: type[Shelf]) -> QuerySet:
    """Return tags or albums with `.shown`, how many of their pictures `user` may see."""
    visible = Image.objects.visible_to(user)
    return (
        model.objects.filter(images__in=visible.values("pk"))
        .annotate(shown=Count("images"))
        .order_by("name")
    )


def shelves_of(image: Image) -> dict[str, list[Shelf]]:
    """Return the `tags` of a picture and its `albums`, names and addresses of both in one query."""
    found: dict[str, list[Shelf]] = {kind: [] for kind in MODELS}
    tags, albums = (
        model.objects.filter(images=image)
        .order_by()
        .values_list(Value(kind, CharField()), "name", "slug")
        for kind, model in MODELS.items()
    )
    for kind, name, slug in tags.union(albums, all=True).order_by("name"):
        found[kind].append(MODELS[kind](name=name, slug=slug))
    return found


def with_covers(user: Visitor, model: type[Shelf], count: int = 3) -> list[Shelf]:
    """Return the tags or albums shown to `user`, each with `.covers`, its newest pictures."""
    shelves = list(shown_to(user, model))
    covers = _covers(user, model, count)
    for shelf in shelves:
        shelf.covers = covers[shelf.pk]
    return shelves


def _covers(user: Visitor, model: type[Shelf], count: int) -> dict[int, list[Image]]:
    name = model._meta.model_name
    place = Window(RowNumber(), partition_by=F(name), order_by=("-image__created_at", "-image_id"))
    newest = (
        model.images.through.objects.filter(image__in=Image.objects.visible_to(user).values("pk"))
        .annotate(place=place)
        .filter(place__lte=count)
        .order_by(name, "place")
        .values_list(name, "image_id")
    )
    pairs = list(newest)
    images = Image.objects.in_bulk({image for _, image in pairs})
    covers: dict[int, list[Image]] = defaultdict(list)
    for shelf, image in pairs:
        covers[shelf].append(images[image])
    return covers


def named(
    model: type[Tag] | type[Album], names: Iterable[str], owner: Member | None
) -> list[Tag | Album]:
    """
    Return the tags, or albums, called `names`, made where they are missing.

    Another spelling is taken only if `owner` may know it: it would tell of others' private
    pictures.
    """
    seen = Q(images__visibility=Image.Visibility.PUBLIC)
    shown = Q(images=None) | (seen | Q(images__owner=owner) if owner else seen)
    found = []
    for name in dict.fromkeys(" ".join(name.split())[:100] for name in names):
        if name:
            known = model.objects.filter(shown, name__iexact=name).first()
            found.append(known or model.objects.get_or_create(name=name)[0])
    return found
