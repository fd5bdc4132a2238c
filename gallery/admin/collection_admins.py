"""Tags and albums in the back office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.models import Album, Tag

if TYPE_CHECKING:
    CollectionModelAdmin = admin.ModelAdmin[Tag | Album]
else:
    CollectionModelAdmin = admin.ModelAdmin


class _Counted(Protocol):
    """A row of the list, with the number of pictures that its query counted."""

    picture_count: int


class CollectionAdmin(CollectionModelAdmin):
    """Collections by name, with the number of their pictures."""

    list_display: tuple[str, ...] = ("name", "pictures")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag | Album]:
        rows = super().get_queryset(request)
        counted: QuerySet[Tag | Album] = rows.annotate(picture_count=Count("images"))
        return counted

    @admin.display(description=_("pictures"), ordering="picture_count")
    def pictures(self, collection: _Counted) -> int:
        return collection.picture_count


@admin.register(Tag)
class TagAdmin(CollectionAdmin):
    pass


@admin.register(Album)
class AlbumAdmin(CollectionAdmin):
    list_display = (*CollectionAdmin.list_display, "created_at")
