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
from hashing.fields import compared_fields

# Members of a cluster that the list shows; all of them have a page of their own.
MOST_MEMBERS = 12
# Where the session keeps what the last decision did.
UNDO = "last_decision"

METHODS = {field.name: field for field in compared_fields(Image)}


class ClusterFilterForm(forms.Form):
    """Which clusters are shown; every field has a default, so no query is a query too."""

    by = forms.ChoiceField(
        label="Method",
        required=False,
        initial="phash",
        choices=[(name, field.algorithm.label) for name, field in METHODS.items()],
    )
    max_distance = forms.IntegerField(
        label="Bits apart at most", required=False, initial=10, min_value=0, max_value=16
    )
    min_size = forms.IntegerField(
        label="Pictures at least", required=False, initial=2, min_value=2, max_value=1000
    )
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All kinds"), *ClusterKind.choices]
    )

    def completed(self) -> ClusterFilterForm:
        """Return this form with its defaults filled in, and its complaints."""
        defaults = {name: field.initial for name, field in self.fields.items()}
        sent = {name: value for name, value in self.data.items() if name in self.fields}
        form = ClusterFilterForm({**defaults, **sent})
        form._errors = self._errors
        return form

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
    exactness: str
    """What is equal to the representative, if more than the looks is."""


@dataclass(frozen=True)
class ClusterCard:
    """A cluster with its pictures."""

    found: ImageCluster
    members: list[Member]
    sizes: list[int]
    """Bytes of all members, those too that are not shown."""

    @property
    def hidden(self) -> int:
        """How many members are left out to keep the page short."""
        return len(self.found.keys) - len(self.members)

    @property
    def bytes_to_free(self) -> int:
        """What would be freed if only the largest file stayed."""
        return sum(self.sizes) - max(self.sizes, default=0)


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
        found = self._clusters(form, values)
        alone = self.request.GET.get("cluster", "")
        if alone:
            found = [c for c in found if str(c.cluster.representative) == alone]
        page = Paginator(found, setting("CLUSTERS_PER_PAGE")).get_page(self.request.GET.get("page"))
        shown = {name: value for name, value in values.items() if value not in (None, "")}
        return {
            **self.model_admin.admin_site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": "Duplicates",
            "is_nav_sidebar_enabled": False,  # pictures want the room
            "opts": Image._meta,
            "form": form.completed(),
            "errors": form.errors,
            "page": page,
            "cards": cluster_cards(page, values["by"], None if alone else MOST_MEMBERS),
            "can_undo": UNDO in self.request.session,
            "pictures": sum(len(cluster.keys) for cluster in found),
            "query": urlencode(shown),
            "choices": Choice.choices,
            "is_empty_gallery": not Image.objects.untrashed().exists(),
        }

    def _clusters(self, form: ClusterFilterForm, values: dict[str, Any]) -> list[ImageCluster]:
        visible = Image.objects.visible_to(self.request.user)
        try:
            return image_clusters(**{**values, "kind": values["kind"] or ""}, images=visible)
        except ValueError as error:
            form.add_error("max_distance", str(error))
            return []

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        if "undo" in request.POST:
            self._undo()
            return HttpResponseRedirect(request.get_full_path())
        try:
            choices = _choices(request)
            decision = review.decide(choices, request.user)
        except Conflict as conflict:
            messages.error(request, str(conflict))
        else:
            if decision.trashed or decision.verdicts:
                request.session[UNDO] = [
                    [image.pk for image in decision.trashed],
                    [verdict.pk for verdict in decision.verdicts],
                ]
            messages.success(request, _summary(choices, decision))
        return HttpResponseRedirect(request.get_full_path())

    def _undo(self) -> None:
        if (last := self.request.session.pop(UNDO, None)) is None:
            messages.error(self.request, "There is nothing to take back any more.")
            return
        count = review.undo(*last, self.request.user)
        messages.success(self.request, f"Taken back: restored {count}, and its verdicts forgotten.")


def cluster_cards(
    page: Page | list[ImageCluster], by: str, most: int | None = None
) -> list[ClusterCard]:
    """Return the clusters of `page` with their `most` nearest pictures, in three queries."""
    keys = [key for found in page for key in found.keys[:most]]
    images = Image.objects.select_related("owner").prefetch_related("tags").in_bulk(keys)
    every_key = [key for found in page for key in found.keys]
    sizes = dict(Image.objects.filter(pk__in=every_key).values_list("pk", "byte_size"))
    width = METHODS[by].width
    return [
        ClusterCard(
            found,
            [
                Member(
                    images[key],
                    Likeness(distance, width),
                    number == 0,
                    _exactness(images[key], images.get(found.cluster.representative)),
                )
                for number, (key, distance) in enumerate(found.cluster.members[:most])
                if key in images  # deleted since the clusters were computed
            ],
            [sizes.get(key) or 0 for key in found.keys],
        )
        for found in page
    ]


def _exactness(image: Image, representative: Image | None) -> str:
    if representative is None or image.pk == representative.pk:
        return ""
    if image.sha256 == representative.sha256:
        return ClusterKind.SAME_BYTES.label
    if image.content_digest and image.content_digest == representative.content_digest:
        return ClusterKind.SAME_PIXELS.label
    return ""


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
