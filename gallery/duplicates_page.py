"""The admin's page of duplicate clusters: a list to filter, and a decision for each picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.generic import TemplateView

from gallery import review
from gallery.clusters import ClusterKind, ImageCluster, image_clusters
from gallery.conf import setting
from gallery.likeness import Likeness
from gallery.models import Image
from gallery.review import Choice, Conflict
from hashing.fields import hash_fields

METHODS = {field.name: field for field in hash_fields(Image)}


class ClusterFilterForm(forms.Form):
    """Which clusters are shown; every field has a default, so no query is a query too."""

    by = forms.ChoiceField(
        label="Method",
        required=False,
        initial="phash",
        choices=[(name, field.algorithm.label) for name, field in METHODS.items()],
    )
    max_distance = forms.IntegerField(
        label="Bits apart at most", required=False, initial=10, min_value=0, max_value=32
    )
    min_size = forms.IntegerField(
        label="Pictures at least", required=False, initial=2, min_value=2, max_value=1000
    )
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All kinds"), *ClusterKind.choices]
    )

    def values(self) -> dict[str, Any]:
        """Return what was asked for, with the default wherever nothing was, or nothing valid."""
        self.is_valid()
        return {
            name: field.initial if (value := self.cleaned_data.get(name)) in (None, "") else value
            for name, field in self.fields.items()
        }


@dataclass(frozen=True)
class Member:
    """A picture in a cluster as the page shows it."""

    image: Image
    likeness: Likeness
    is_representative: bool


@dataclass(frozen=True)
class ClusterCard:
    """A cluster with its pictures."""

    found: ImageCluster
    members: list[Member]

    @property
    def bytes_to_free(self) -> int:
        """What would be freed if only the largest file stayed."""
        sizes = [member.image.byte_size or 0 for member in self.members]
        return sum(sizes) - max(sizes, default=0)


class DuplicatesView(PermissionRequiredMixin, TemplateView):
    """GET lists clusters, POST carries out what was chosen for one of them."""

    template_name = "admin/gallery/image/duplicates.html"
    permission_required = "gallery.review_duplicates"
    raise_exception = True
    model_admin: Any = None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        return self.render_to_response(context, status=400 if context["errors"] else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ClusterFilterForm(self.request.GET)
        values = form.values()
        found = image_clusters(**{**values, "kind": values["kind"] or ""})
        page = Paginator(found, setting("CLUSTERS_PER_PAGE")).get_page(self.request.GET.get("page"))
        shown = {name: value for name, value in values.items() if value not in (None, "")}
        return {
            **self.model_admin.admin_site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": "Duplicates",
            "is_nav_sidebar_enabled": False,  # pictures want the room
            "opts": Image._meta,
            "form": form if form.errors else ClusterFilterForm(initial=values),
            "errors": form.errors,
            "page": page,
            "cards": cluster_cards(page, values["by"]),
            "pictures": sum(len(cluster.keys) for cluster in found),
            "query": urlencode(shown),
            "choices": Choice.choices,
            "is_empty_gallery": not Image.objects.untrashed().exists(),
        }

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        try:
            choices = _choices(request)
            decision = review.decide(choices, request.user)
        except Conflict as conflict:
            messages.error(request, str(conflict))
        else:
            messages.success(request, _summary(choices, decision))
        return HttpResponseRedirect(request.get_full_path())


def cluster_cards(page: Page | list[ImageCluster], by: str) -> list[ClusterCard]:
    """Return the clusters of `page` with their pictures, in two queries."""
    keys = [key for found in page for key in found.keys]
    images = Image.objects.select_related("owner").prefetch_related("tags").in_bulk(keys)
    width = METHODS[by].width
    return [
        ClusterCard(
            found,
            [
                Member(images[key], Likeness(distance, width), number == 0)
                for number, (key, distance) in enumerate(found.cluster.members)
                if key in images  # deleted since the clusters were computed
            ],
        )
        for found in page
    ]


def _choices(request: HttpRequest) -> dict[int, str]:
    """Return the choice for each picture of the form that was sent."""
    sent = {
        name.removeprefix("choice-"): value
        for name, value in request.POST.items()
        if name.startswith("choice-")
    }
    if not sent or not all(key.isdecimal() and len(key) < 19 for key in sent):
        raise Conflict("Nothing was changed: the form was incomplete. Load the page again.")
    if set(sent.values()) - set(Choice.values):
        raise Conflict("Nothing was changed: an unknown choice was sent. Load the page again.")
    return {int(key): value for key, value in sent.items()}


def _summary(choices: dict[int, str], decision: review.Decision) -> str:
    if not decision.trashed and not decision.verdicts:
        return "Nothing was decided, so nothing was changed."
    parts = []
    if decision.trashed:
        parts.append(f"moved {len(decision.trashed)} to the trash, from where they can be restored")
    if count := list(choices.values()).count(Choice.KEEP):
        parts.append(f"kept {count}")
    if count := list(choices.values()).count(Choice.NOT_A_DUPLICATE):
        parts.append(f"remembered {count} as not a duplicate")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."
