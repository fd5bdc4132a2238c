"""Verdicts in the back office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from gallery import review
from gallery.admin.page import member_of
from gallery.models import Image, Verdict

if TYPE_CHECKING:
    VerdictModelAdmin = admin.ModelAdmin[Verdict]
else:
    VerdictModelAdmin = admin.ModelAdmin


@admin.register(Verdict)
class VerdictAdmin(VerdictModelAdmin):
    """Verdicts; deleting one withdraws it, so that its pair is suggested again."""

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verdict]:
        # A verdict names its pictures, so only users who may see both may see it.
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
        # An inferred verdict disappears with those it follows from, and not before.
        is_given = obj is None or not obj.is_inferred
        return is_given and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Verdict) -> None:
        review.withdraw([obj], member_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Verdict]) -> None:
        review.withdraw(queryset.filter(is_inferred=False), member_of(request))
