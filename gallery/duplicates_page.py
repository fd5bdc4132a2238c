"""The admin's page of duplicate clusters: a list to filter, and a decision for each picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.generic import TemplateView

from gallery import ledger, review
from gallery.cluster_cards import ClusterCard, cluster_cards
from gallery.cluster_list import ClusterList
from gallery.conf import setting
from gallery.history_page import last_decision, redo, told, undo
from gallery.keeping import Policy
from gallery.ledger import Conflict
from gallery.models import Image
from gallery.preferences import prefer, preference_of
from gallery.previews import previewed
from gallery.review import Choice
from gallery.review_form import Sent
from gallery.shortcuts import review_shortcuts

# Members of a cluster that the list shows; all of them have a page of their own.
MOST_MEMBERS = 12


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
        # Before anything is read: what is decided later is news to whoever sees the page.
        as_of = ledger.position()
        listed = ClusterList(self.request.GET, self.request.user)
        return {
            **super().get_context_data(**kwargs),
            **self._frame("Duplicates"),
            **self._list_context(listed),
            **self._reviewer_context(),
            "as_of": as_of,
        }

    def _frame(self, title: str) -> dict[str, Any]:
        """Return what the admin draws around a page."""
        return {
            **self.model_admin.admin_site.each_context(self.request),
            "title": title,
            "is_nav_sidebar_enabled": False,  # pictures want the room
            "opts": Image._meta,
        }

    def _list_context(self, listed: ClusterList) -> dict[str, Any]:
        form = listed.form
        pages = Paginator(listed.clusters, setting("CLUSTERS_PER_PAGE"))
        page = pages.get_page(self.request.GET.get("page"))
        return {
            "form": form,
            "errors": form.errors,
            "page": page,
            "cards": self._cards_of(page, listed),
            "unmatched": listed.unmatched,
            "is_near": listed.is_near,
            "pictures": listed.clusters.pictures,
            "query": listed.query,
            "is_empty_gallery": not page and not Image.objects.untrashed().exists(),
        }

    def _cards_of(self, page: Page, listed: ClusterList) -> list[ClusterCard]:
        preference = preference_of(self.request.session)
        most = None if listed.alone else MOST_MEMBERS
        return cluster_cards(page, listed.values["by"], most, preference)

    def _reviewer_context(self) -> dict[str, Any]:
        return {
            "last": last_decision(self.request.user),
            "policies": [(policy.value, policy.label) for policy in Policy],
            "preference": preference_of(self.request.session),
            "choices": Choice.choices,
            "shortcuts_of_review": review_shortcuts(),
        }

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
        context = self._frame("What would happen") | {
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
