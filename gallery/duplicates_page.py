"""The admin's page of duplicate clusters: a list to filter, and a decision for each picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.views.generic import TemplateView

from gallery import ledger, matches, review
from gallery.cluster_filters import LARGE_BITS, METHODS, ClusterFilterForm, Narrowing
from gallery.clusters import ClusterKind, ImageCluster, image_clusters
from gallery.conf import setting
from gallery.differences import sentence
from gallery.history_page import last_decision, redo, told, undo
from gallery.keeping import Policy, Preference, Suggestion
from gallery.kept_matches import Sight
from gallery.ledger import Conflict
from gallery.likeness import Likeness
from gallery.merging import Flow, flows
from gallery.models import Image, Unmatched
from gallery.preferences import prefer, preference_of, suggestion
from gallery.previews import previewed
from gallery.review import Choice
from gallery.review_form import Sent
from gallery.same_pictures import sights
from gallery.shortcuts import review_shortcuts
from gallery.shown_clusters import ShownClusters

# Members of a cluster that the list shows; all of them have a page of their own.
MOST_MEMBERS = 12


@dataclass(frozen=True)
class Member:
    """A picture in a cluster as the page shows it."""

    image: Image
    likeness: Likeness
    is_representative: bool
    exactness: str
    """What is equal to the representative, if more than the looks is, or how it differs."""


@dataclass(frozen=True)
class ClusterCard:
    """A cluster with its pictures."""

    found: ImageCluster
    members: list[Member]
    sizes: list[int]
    """Bytes of all members, those too that are not shown."""
    preference: Preference = field(default_factory=Preference)

    @cached_property
    def suggestion(self) -> Suggestion | None:
        """Which picture to keep, and why, among those that are shown."""
        return suggestion([member.image for member in self.members], self.preference)

    @property
    def suggested(self) -> Image | None:
        """The picture that it is suggested to keep."""
        key = self.suggestion.key if self.suggestion else None
        return next((member.image for member in self.members if member.image.pk == key), None)

    @cached_property
    def flow(self) -> Flow | None:
        """What that picture would get from the others."""
        others = [member.image for member in self.members if member.image != self.suggested]
        return next(iter(flows([self.suggested], others)), None) if self.suggested else None

    @property
    def others(self) -> int:
        return len(self.members) - 1

    @property
    def bytes_of_others(self) -> int:
        """What would be freed if the suggestion were followed."""
        images = [member.image for member in self.members]
        return sum(image.byte_size or 0 for image in images if image != self.suggested)

    @property
    def mixes_visibility(self) -> bool:
        return len({member.image.visibility for member in self.members}) > 1

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
    _is_behind = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        return self.render_to_response(context, status=400 if context["errors"] else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Before anything is read: what is decided later is news to whoever sees the page.
        as_of = ledger.position()
        preference = preference_of(self.request.session)
        form = ClusterFilterForm(self.request.GET, viewer=self.request.user)
        values = form.values()
        found = self._clusters(form, values)
        alone = self.request.GET.get("cluster", "")
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
            "cards": cluster_cards(page, values["by"], None if alone else MOST_MEMBERS, preference),
            "unmatched": self._unmatched(),
            "is_near": values["kind"] == ClusterKind.NEAR,
            "last": last_decision(self.request.user),
            "as_of": as_of,
            "policies": [(policy.value, policy.label) for policy in Policy],
            "preference": preference,
            "shortcuts_of_review": review_shortcuts(),
            "pictures": _pictures(found),
            "query": urlencode(shown),
            "choices": Choice.choices,
            "is_empty_gallery": not page and not Image.objects.untrashed().exists(),
        }

    def _clusters(
        self, form: ClusterFilterForm, values: dict[str, Any]
    ) -> ShownClusters | list[ImageCluster]:
        """Return stored clusters; only of pictures that merely look alike are they computed."""
        alone = self.request.GET.get("cluster", "")
        alone = alone if not alone or (alone.isdecimal() and len(alone) < 19) else "0"
        narrowing = Narrowing.of(values)
        if values["kind"] != ClusterKind.NEAR:
            self._is_behind = matches.catch_up() > 0
            kind, size, order = values["kind"] or "", values["min_size"], values["sort"]
            return ShownClusters(self.request.user, kind, size, order, alone, narrowing)
        visible = Image.objects.visible_to(self.request.user)
        asked = {name: values[name] for name in ("by", "max_distance", "min_size", "kind")}
        try:
            found = image_clusters(**asked, images=visible)
        except ValueError as error:
            form.add_error("max_distance", str(error))
            return []
        held = narrowing.held(found, visible)
        return [c for c in held if not alone or str(c.cluster.representative) == alone]

    def _unmatched(self) -> int:
        """Return how many pictures that the reviewer may see are not compared yet."""
        if not self._is_behind:
            return 0
        listed = Unmatched.objects.values("key")
        return Image.objects.visible_to(self.request.user).filter(pk__in=listed).count()

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        act = next(
            (act for name, act in self._acts().items() if name in request.POST), self._decide
        )
        try:
            if (response := act()) is not None:
                return response
        except Conflict as conflict:
            messages.error(request, str(conflict))
        return HttpResponseRedirect(request.get_full_path())

    def _acts(self) -> dict[str, Callable[[], HttpResponse | None]]:
        return {
            "undo": self._undo,
            "redo": self._redo,
            "policy": self._prefer,
            "preview": self._preview,
        }

    def _decide(self) -> None:
        sent = Sent.of(self.request)
        decision = review.decide(sent.choices, self.request.user, sent.merge, sent.as_of)
        if decision is None:
            messages.info(self.request, "Nothing was decided, so nothing was changed.")
        else:
            messages.success(self.request, told(decision))

    def _preview(self) -> HttpResponse:
        """Show what the decision would do, with a button to do it."""
        sent = Sent.of(self.request)
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": "What would happen",
            "is_nav_sidebar_enabled": False,
            "opts": Image._meta,
            "sent": sent,
            "parts": previewed(sent, self.request.user),
        }
        return render(self.request, "admin/gallery/image/preview.html", context)

    def _undo(self) -> None:
        messages.success(self.request, undo(self.request))

    def _redo(self) -> None:
        messages.success(self.request, redo(self.request))

    def _prefer(self) -> None:
        policy, name = self.request.POST["policy"], self.request.POST.get("preferred", "")
        try:
            prefer(self.request.session, f"{policy}:{name}")
        except ValueError as error:
            messages.error(self.request, str(error))


def cluster_cards(
    page: Page | list[ImageCluster],
    by: str,
    most: int | None = None,
    preference: Preference | None = None,
) -> list[ClusterCard]:
    """Return the clusters of `page` with their `most` nearest pictures, in four queries."""
    keys = [key for found in page for key in found.keys[:most]]
    images = Image.objects.select_related("owner").prefetch_related("tags", "albums").in_bulk(keys)
    every_key = [key for found in page if found.sizes is None for key in found.keys]
    measured = Image.objects.filter(pk__in=every_key).values_list("pk", "byte_size")
    sizes = dict(measured) if every_key else {}
    is_near = any(found.kind == ClusterKind.NEAR for found in page)
    width = METHODS[by].width if is_near else LARGE_BITS
    seen = {} if is_near else sights(images.values())
    return [
        ClusterCard(
            found,
            [
                Member(
                    images[key],
                    Likeness(distance, width),
                    number == 0,
                    _difference(images[key], images.get(found.cluster.representative), seen),
                )
                for number, (key, distance) in enumerate(found.cluster.members[:most])
                if key in images  # deleted since the clusters were computed
            ],
            list(found.sizes or (sizes.get(key) or 0 for key in found.keys)),
            preference or Preference(),
        )
        for found in page
    ]


def _pictures(found: ShownClusters | list[ImageCluster]) -> int:
    if isinstance(found, ShownClusters):
        return found.pictures
    return sum(len(cluster.keys) for cluster in found)


def _difference(
    image: Image, representative: Image | None, seen: Mapping[tuple[str, str], Sight]
) -> str:
    """Say what is equal to the representative, or how the same picture differs from it."""
    if representative is None or image.pk == representative.pk:
        return ""
    if image.sha256 == representative.sha256:
        return ClusterKind.SAME_BYTES.label
    if image.content_digest and image.content_digest == representative.content_digest:
        return ClusterKind.SAME_PIXELS.label
    sight = seen.get((representative.content_digest, image.content_digest))
    return capfirst(sentence(representative, image, sight)) if sight else ""
