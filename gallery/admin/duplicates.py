"""The admin's page of duplicate clusters: a list to filter, and a decision for each picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from gallery import review
from gallery.admin.history import redone, undone
from gallery.admin.page import AdminPage
from gallery.clusters import ClusterCard, ClusterList, LinkTable, cluster_cards
from gallery.conf import setting
from gallery.decisions import Conflict, Malformed, Step, answer_of, done, told, told_of
from gallery.matching import ImageCluster
from gallery.models import Image
from gallery.review import (
    FATES,
    Choice,
    ReviewSession,
    Sent,
    SentSplit,
    chosen_to_leave,
    previewed,
    split,
    totals,
)
from gallery.suggestions import Policy, prefer, preference_of
from gallery.web import wants_json

# Members of a cluster that the list shows; all of them have a page of their own.
MOST_MEMBERS = 12
# Of two pictures the one link says all.
FEWEST_LINKED = 3
# In this order: each hears what the one before it tells.
SCRIPTS = [f"gallery/js/{name}.js" for name in ("review-decisions", "review", "review-supply")]
NOTHING = "Nothing was decided, so nothing was changed."


class DuplicatesView(AdminPage):
    """GET lists clusters, POST carries out what was chosen for one of them."""

    template_name = "admin/gallery/image/duplicates.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        status = 400 if context["errors"] else 200
        if request.htmx:  # the script of the page, which wants to know how it goes on
            return render(request, "admin/gallery/image/more_clusters.html", context, status=status)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Before anything is read: what is decided later is news to whoever sees the page.
        session = ReviewSession(self.request.user)
        listed = ClusterList(self.request.GET, self.request.user)
        return {
            **super().get_context_data(**kwargs),
            **self.frame("Duplicates"),
            **self._list_context(listed),
            **self._reviewer_context(),
            **self._progress(listed, session),
            "last": session.last,
            "as_of": session.as_of,
        }

    def _list_context(self, listed: ClusterList) -> dict[str, Any]:
        form = listed.form
        page = listed.page(setting("CLUSTERS_PER_PAGE"))
        cards = self._cards_of(page.items, listed)
        return {
            "form": form,
            "errors": form.errors,
            "is_filtered": bool(form.errors or self.request.GET.keys() & form.fields.keys()),
            "page": page,
            "cards": cards,
            "unmatched": listed.unmatched,
            "is_near": listed.is_near,
            "query": listed.filters.query,
            "asked": parse_qsl(listed.filters.query),
            "links": self._links(listed, cards),
            "is_empty_gallery": not page.items and not Image.objects.untrashed().exists(),
        }

    def _progress(self, listed: ClusterList, session: ReviewSession) -> dict[str, Any]:
        """Return how far the reviewer has come, and how much is left."""
        found = listed.clusters
        return {
            "session": session,
            "left": found.count,
            "has_more": found.has_more,
            "pictures": found.pictures,
            "time_left": session.pace.sentence(found.count, found.has_more),
            "query": listed.filters.query,
        }

    def _links(self, listed: ClusterList, cards: list[ClusterCard]) -> LinkTable | None:
        """Return how the members of a cluster that is shown alone are linked, if there are some."""
        is_shown = listed.alone and not self.request.htmx
        card = next(iter(cards), None) if is_shown else None
        if card is None or len(card.images) < FEWEST_LINKED:
            return None
        leave = chosen_to_leave(self.request.GET)
        return LinkTable.of(card, listed.filters.by, listed.filters.max_distance, leave)

    def _cards_of(self, page: list[ImageCluster], listed: ClusterList) -> list[ClusterCard]:
        preference = preference_of(self.request.session)
        most = None if listed.alone else MOST_MEMBERS
        return cluster_cards(page, listed.filters.by, most, preference)

    def _reviewer_context(self) -> dict[str, Any]:
        return {
            "policies": [(policy.value, policy.label) for policy in Policy],
            "preference": preference_of(self.request.session),
            "choices": [(choice, choice.label, _fate(choice)) for choice in Choice],
            "scripts": SCRIPTS,
            "sheet": setting("CONTACT_SHEET_AFTER"),
        }

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        act = next(
            (act for name, act in self._acts().items() if name in request.POST), self._decide
        )
        try:
            if (response := act()) is not None:
                return response
        except Conflict as conflict:
            return self.refused(conflict, request.get_full_path())
        return HttpResponseRedirect(request.get_full_path())

    def _acts(self) -> dict[str, Callable[[], HttpResponse | None]]:
        return {
            "undo": lambda: self._step(undone(self.request)),
            "redo": lambda: self._step(redone(self.request)),
            "policy": self._prefer,
            "preview": self._preview,
            "split": self._split,
        }

    def _decide(self) -> HttpResponse | None:
        sent = Sent.of(self.request)
        decision = review.decide(sent.choices, self.request.user, sent.merge, sent.as_of)
        if wants_json(self.request):
            said = done(decision) if decision else NOTHING
            return self._answer(said, decision=decision and decision.pk)
        if decision is None:
            messages.info(self.request, NOTHING)
        else:
            messages.success(self.request, told(decision))
            self._offer_contact_sheet()
        return None

    def _answer(self, said: str, **more: Any) -> JsonResponse:
        """Tell the script what was done, and how far the reviewer has come so."""
        listed = ClusterList(self.request.GET, self.request.user)
        session = ReviewSession(self.request.user)
        look_back = session.is_time_to_look_back
        answer = {"told": said, "progress": "", "look_back": look_back, **more}
        if not listed.is_near:  # which would be computed anew, only to be counted
            template = "admin/gallery/image/progress.html"
            progress = self._progress(listed, session)
            answer["progress"] = render_to_string(template, progress, self.request)
        return JsonResponse(answer)

    def _offer_contact_sheet(self) -> None:
        session = ReviewSession(self.request.user)
        if session.is_time_to_look_back:
            clusters = "1 cluster" if session.reviewed == 1 else f"{session.reviewed} clusters"
            address = reverse("admin:gallery_image_contact_sheet")
            offer = '{} reviewed. <a href="{}?{}">Look them over</a>'
            messages.info(self.request, format_html(offer, clusters, address, self.query))

    def _preview(self) -> HttpResponse:
        """Show what the decision would do, with a button to do it."""
        sent = Sent.of(self.request)
        parts = previewed(sent, self.request.user)
        if wants_json(self.request):
            return JsonResponse({"pictures": [part.facts for part in parts]})
        told = {"sent": sent, "parts": parts, "totals": totals(parts)}
        context = self.frame("What would happen") | told
        return render(self.request, "admin/gallery/image/preview.html", context)

    def _split(self) -> HttpResponse | None:
        sent = SentSplit.of(self.request.POST)
        decision = split(sent.stay, sent.leave, self.request.user, sent.as_of)
        if wants_json(self.request):
            return self._answer(done(decision), decision=decision.pk)
        messages.success(self.request, told(decision))
        return None

    def _step(self, step: Step) -> HttpResponse | None:
        if wants_json(self.request):
            answer = answer_of(step)
            return self._answer(answer.pop("told"), **answer)
        messages.success(self.request, told_of(step))
        return None

    def _prefer(self) -> HttpResponse | None:
        policy, name = self.request.POST["policy"], self.request.POST.get("preferred", "")
        try:
            prefer(self.request.session, f"{policy}:{name}")
        except ValueError as error:
            raise Malformed(str(error)) from error
        if wants_json(self.request):
            chosen = str(preference_of(self.request.session))
            return JsonResponse({"told": "Suggestions follow this from now on.", "policy": chosen})
        return None


def _fate(choice: Choice) -> str:
    return FATES[choice].label if choice in FATES else ""
