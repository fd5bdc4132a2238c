"""Pictures in the back office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from gallery import library
from gallery.admin.bulk import BulkView
from gallery.admin.contact_sheet import ContactSheetView
from gallery.admin.duplicates import DuplicatesView
from gallery.admin.hash_index import HashIndexView
from gallery.admin.history import HistoryView
from gallery.admin.page import member_of
from gallery.decisions import decision_sentence
from gallery.library import visible_collections
from gallery.models import Album, Decision, Image, Tag
from gallery.querysets import ImageQuerySet, permitted
from gallery.web import no_login_for_programs
from hashing.fields import compared_fields

if TYPE_CHECKING:
    from django.contrib.admin.filters import _ListFilterChoices
    from django.utils.functional import _StrOrPromise

    ImageModelAdmin = admin.ModelAdmin[Image]
else:
    ImageModelAdmin = admin.ModelAdmin

COLLECTIONS: dict[str, type[Tag] | type[Album]] = {"albums": Album, "tags": Tag}
HASHES = tuple(field.name for field in compared_fields(Image))


class TrashFilter(admin.SimpleListFilter):
    """Hide pictures in the trash until they are asked for."""

    title = _("place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("trash", gettext("Trash")), ("all", gettext("Both"))]

    def choices(self, changelist: ChangeList) -> Iterator[_ListFilterChoices]:
        for value, label in [(None, gettext("Gallery")), *self.lookup_choices]:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() == "all":
            return queryset
        return queryset.filter(trashed_at__isnull=self.value() != "trash")


class CollectionFilter(admin.RelatedFieldListFilter):
    """Offer only tags and albums with pictures that the user may see."""

    def field_choices(
        self, field: RelatedField[Any, Any], request: HttpRequest, model_admin: object
    ) -> list[tuple[str, _StrOrPromise]]:
        shown = visible_collections(request.user, COLLECTIONS[field.name])
        return [(str(collection.pk), collection.name) for collection in shown]


COLLECTION_FILTERS = tuple((name, CollectionFilter) for name in COLLECTIONS)


@admin.register(Image)
class ImageAdmin(ImageModelAdmin):
    """Pictures, and the reviewers' pages."""

    list_display = ("thumbnail", "name", "owner", "visibility", "file_facts", "phash", "created_at")
    list_display_links = ("thumbnail", "name")
    list_filter = (TrashFilter, "visibility", "format", "created_at", *COLLECTION_FILTERS)
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
        (_("Visibility"), {"fields": ("owner", "visibility", "shares_location", "tags", "albums")}),
        (
            _("File"),
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
            _("Fingerprint"),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        return super().get_queryset(request).filter(permitted(request.user))

    @admin.display(description="")
    def thumbnail(self, image: Image) -> str:
        address = reverse("gallery:rendition", args=[image.public_id, 320])
        return format_html(
            '<img class="thumbnail" src="{}?v={}" alt="" loading="lazy">', address, image.sha256[:8]
        )

    @admin.display(description=_("picture"))
    def preview(self, image: Image) -> str:
        address = reverse("gallery:rendition", args=[image.public_id, 640])
        return format_html(
            '<a href="{}"><img class="preview" src="{}?v={}" alt="{}"></a>',
            image.get_absolute_url(),
            address,
            image.sha256[:8],
            image.alt,
        )

    @admin.display(description=_("picture"), ordering="title")
    def name(self, image: Image) -> str:
        return str(image)

    @admin.display(description=_("file"), ordering="byte_size")
    def file_facts(self, image: Image) -> str:
        if not image.width:
            return gettext("cannot be decoded")
        size = filesizeformat(image.byte_size or 0)
        return format_html(
            "{}&nbsp;×&nbsp;{} {}<br>{}", image.width, image.height, image.format, size
        )

    @admin.action(description=_("Move to the trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._tell(request, library.trash(images.untrashed(), member_of(request)))

    @admin.action(description=_("Restore from the trash"), permissions=["change"])
    def restore(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._tell(request, library.restore(images.trashed(), member_of(request)))

    @admin.action(description=_("Make public"), permissions=["change"])
    def make_public(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._set_visibility(request, images, Image.Visibility.PUBLIC)

    @admin.action(description=_("Make private"), permissions=["change"])
    def make_private(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._set_visibility(request, images, Image.Visibility.PRIVATE)

    def _set_visibility(
        self, request: HttpRequest, images: ImageQuerySet, visibility: Image.Visibility
    ) -> None:
        count = images.update(visibility=visibility)
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        self.message_user(request, f"Made {pictures} {visibility.value}.", messages.SUCCESS)

    def _tell(self, request: HttpRequest, decision: Decision | None) -> None:
        done = decision_sentence(decision) if decision else _("Nothing was changed.")
        self.message_user(request, done, messages.SUCCESS)

    def get_actions(
        self, request: HttpRequest, action_location: object = None
    ) -> dict[str, tuple[Callable[..., str], str, str] | None]:
        # Django's own action would delete pictures without moving them to the trash first.
        location = {"action_location": action_location} if action_location else {}  # Django 6.1
        actions = super().get_actions(request, **location)
        actions.pop("delete_selected", None)
        return actions

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # pictures are uploaded elsewhere, where they are decoded and checked

    def has_delete_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_trashed)

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[TemplateView], address: str, name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(view.as_view(admin_site=self.admin_site))
            return path(address, no_login_for_programs(guarded), name=f"gallery_image_{name}")

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
