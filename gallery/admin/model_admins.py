"""The back office: pictures, tags, albums, verdicts, and the page of duplicate clusters."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.generic import TemplateView

from gallery import library, review
from gallery.admin.bulk import BulkView
from gallery.admin.contact_sheet import ContactSheetView
from gallery.admin.duplicates import DuplicatesView
from gallery.admin.hash_index import HashIndexView
from gallery.admin.history import HistoryView
from gallery.conf import setting
from gallery.library import visible_collections
from gallery.models import Album, Image, Tag, Verdict
from gallery.web import no_login_for_programs
from hashing.fields import compared_fields

HASHES = tuple(field.name for field in compared_fields(Image))

admin.site.site_header = admin.site.site_title = setting("SITE_NAME")
admin.site.index_title = "Back office"


class TrashFilter(admin.SimpleListFilter):
    """Leave what is in the trash aside until it is asked for."""

    title = "place"
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str | None, str]]:
        return [(None, "Gallery"), ("trash", "Trash"), ("all", "Both")]

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "trash":
            return queryset.trashed()
        return queryset if self.value() == "all" else queryset.untrashed()


class ShelfFilter(admin.RelatedFieldListFilter):
    """Offer only tags and albums that the visitor may know of."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        shown = visible_collections(request.user, field.related_model)
        return [(shelf.pk, shelf.name) for shelf in shown]


SHELF_FILTERS = tuple((name, ShelfFilter) for name in ("albums", "tags"))


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    list_display = ("thumbnail", "name", "owner", "visibility", "file_facts", "phash", "created_at")
    list_display_links = ("thumbnail", "name")
    list_filter = (TrashFilter, "visibility", "format", "created_at", *SHELF_FILTERS)
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("title", "original_name", "source", "sha256")
    date_hierarchy = "created_at"
    autocomplete_fields = ("tags", "albums", "owner")
    actions = ("move_to_trash", "restore", "make_public", "make_private")
    readonly_fields = (
        "preview",
        "public_id",
        "original_name",
        "source",
        "file_facts",
        "taken_at",
        "created_at",
        "trashed_at",
        "sha256",
        "content_digest",
        "is_informative",
        "is_page",
        "decoding",
        *HASHES,
    )
    fieldsets = (
        (None, {"fields": ("preview", "title", "description", "alt_text")}),
        ("Who sees it", {"fields": ("owner", "visibility", "shares_location", "tags", "albums")}),
        (
            "File",
            {
                "fields": (
                    "original_name",
                    "source",
                    "file_facts",
                    "taken_at",
                    "created_at",
                    "trashed_at",
                    "public_id",
                )
            },
        ),
        (
            "Fingerprint",
            {
                "fields": (
                    *HASHES,
                    "decoding",
                    "is_informative",
                    "is_page",
                    "sha256",
                    "content_digest",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).permitted_to(request.user)

    @admin.display(description="")
    def thumbnail(self, image: Image) -> str:
        address = reverse("gallery:rendition", args=[image.public_id, 320])
        return format_html(
            '<img class="thumbnail" src="{}?v={}" alt="" loading="lazy">', address, image.sha256[:8]
        )

    @admin.display(description="picture")
    def preview(self, image: Image) -> str:
        address = reverse("gallery:rendition", args=[image.public_id, 640])
        return format_html(
            '<a href="{}"><img class="preview" src="{}?v={}" alt="{}"></a>',
            image.get_absolute_url(),
            address,
            image.sha256[:8],
            image.alt,
        )

    @admin.display(description="picture", ordering="title")
    def name(self, image: Image) -> str:
        return str(image)

    @admin.display(description="file", ordering="byte_size")
    def file_facts(self, image: Image) -> str:
        if not image.width:
            return "cannot be decoded"
        size = filesizeformat(image.byte_size)
        return format_html(
            "{}&nbsp;×&nbsp;{} {}<br>{}", image.width, image.height, image.format, size
        )

    @admin.action(description="Move to the trash", permissions=["change"])
    def move_to_trash(self, request: HttpRequest, images: QuerySet) -> None:
        chosen = list(images.untrashed())
        library.trash(chosen, request.user)
        self.message_user(request, f"Moved {len(chosen)} to the trash.", messages.SUCCESS)

    @admin.action(description="Restore from the trash", permissions=["change"])
    def restore(self, request: HttpRequest, images: QuerySet) -> None:
        chosen = list(images.trashed())
        library.restore(chosen, request.user)
        self.message_user(request, f"Restored {len(chosen)}.", messages.SUCCESS)

    @admin.action(description="Make public", permissions=["change"])
    def make_public(self, request: HttpRequest, images: QuerySet) -> None:
        self._show_to(request, images, Image.Visibility.PUBLIC)

    @admin.action(description="Make private", permissions=["change"])
    def make_private(self, request: HttpRequest, images: QuerySet) -> None:
        self._show_to(request, images, Image.Visibility.PRIVATE)

    def _show_to(self, request: HttpRequest, images: QuerySet, visibility: str) -> None:
        count = images.update(visibility=visibility)
        self.message_user(request, f"{count} are {visibility} now.", messages.SUCCESS)

    def get_actions(self, request: HttpRequest, action_location: object = None) -> dict[str, Any]:
        # The stock action would delete at once what the trash keeps restorable.
        location = {"action_location": action_location} if action_location else {}  # Django 6.1
        actions = super().get_actions(request, **location)
        actions.pop("delete_selected", None)
        return actions

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # pictures come through the upload page, which looks at them

    def has_delete_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_trashed)

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[TemplateView], address: str, name: str) -> URLPattern:
            shown = no_login_for_programs(
                self.admin_site.admin_view(view.as_view(model_admin=self))
            )
            return path(address, shown, name=f"gallery_image_{name}")

        return [
            page(DuplicatesView, "duplicates/", "duplicates"),
            page(BulkView, "duplicates/bulk/", "duplicates_bulk"),
            page(HistoryView, "duplicates/history/", "decisions"),
            page(ContactSheetView, "duplicates/contact-sheet/", "contact_sheet"),
            page(HashIndexView, "hash-index/", "hash_index"),
            *super().get_urls(),
        ]

    class Media:
        css: ClassVar = {"all": ["gallery/css/admin.css"]}


class NamedAdmin(admin.ModelAdmin):
    """Tags and albums: a name, and how many pictures have it."""

    list_display = ("name", "pictures")
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(picture_count=Count("images"))

    @admin.display(description="pictures", ordering="picture_count")
    def pictures(self, named: Any) -> int:
        return named.picture_count


@admin.register(Tag)
class TagAdmin(NamedAdmin):
    pass


@admin.register(Album)
class AlbumAdmin(NamedAdmin):
    list_display = (*NamedAdmin.list_display, "created_at")


@admin.register(Verdict)
class VerdictAdmin(admin.ModelAdmin):
    """What was decided; taking a verdict back shows its pair among the duplicates again."""

    list_display = ("__str__", "kind", "decided_by", "decided_at", "is_inferred")
    list_filter = ("kind", "is_inferred", "decided_at")
    list_select_related = ("first", "second", "decided_by")
    readonly_fields = (
        "first",
        "second",
        "first_digest",
        "second_digest",
        "kind",
        "decided_by",
        "decided_at",
        "is_inferred",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # A verdict names its pictures, so it is for those who may see them.
        permitted = Image.objects.permitted_to(request.user).values("pk")
        return (
            super()
            .get_queryset(request)
            .filter(Q(first=None) | Q(first__in=permitted))
            .filter(Q(second=None) | Q(second__in=permitted))
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Verdict | None = None) -> bool:
        # What follows from others goes with them, and comes back with them.
        is_said = obj is None or not obj.is_inferred
        return is_said and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Verdict) -> None:
        review.forget([obj], request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        review.forget(queryset.filter(is_inferred=False), request.user)
