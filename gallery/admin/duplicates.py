"""The page of duplicates: clusters to filter, and a decision for each picture."""

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

from gallery import review, worker
from gallery.admin.history import redone, undone
from gallery.admin.page import AdminPage, renew_clusters
from gallery.clusters import ClusterCard, ClusterList, LinkTable, cluster_cards
from gallery.conf import setting
from gallery.decisions import (
    EFFECT_PHRASES,
    DecisionRefused,
    EffectPhrases,
    InvalidRequest,
    UndoResult,
    decision_sentence,
    undo_json,
)
from gallery.matching import ImageCluster
from gallery.models import Image
from gallery.review import (
    EFFECTS,
    Choice,
    ReviewSession,
    chosen_to_leave,
    decision_request,
    previewed,
    split,
    split_request,
    totals,
)
from gallery.suggestions import Policy, prefer, preference_of
from gallery.web import wants_json

# Pictures of a cluster that the list shows; a page of its own shows all.
MOST_MEMBERS = 12
# Two pictures have only one link, which the cluster shows anyway.
FEWEST_LINKED = 3
# In this order: each listens to events of the one before it.
SCRIPTS = [f"gallery/js/{name}.js" for name in ("review-decisions", "review", "review-supply")]
NOTHING = "Nothing was chosen, so nothing was changed."


class DuplicatesView(AdminPage):
    """GET lists clusters; POST carries out the choices for one of them."""

    template_name = "admin/gallery/image/duplicates.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        status = 400 if context["errors"] else 200
        if self.request.htmx:  # the script of the page asks for more clusters
            return render(request, "admin/gallery/image/more_clusters.html", context, status=status)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Before anything else is read, so that `as_of` covers no decision that the page misses.
        session = ReviewSession(self.reviewer)
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
        unmatched = listed.unmatched
        return {
            "form": form,
            "errors": form.errors,
            "is_filtered": bool(form.errors or self.request.GET.keys() & form.fields.keys()),
            "page": page,
            "cards": cards,
            "unmatched": unmatched,
            "is_at_work": bool(unmatched) and worker.leader() is not None,
            "is_near": listed.is_near,
            "query": listed.filters.query,
            "asked": parse_qsl(listed.filters.query),
            "links": self._links(listed, cards),
            "is_empty_gallery": not page.items and not Image.objects.untrashed().exists(),
        }

    def _progress(self, listed: ClusterList, session: ReviewSession) -> dict[str, Any]:
        """Return the context of the progress bar."""
        clusters = listed.clusters
        return {
            "session": session,
            "left": clusters.count,
            "has_more": clusters.has_more,
            "pictures": clusters.pictures,
            "time_left": session.pace.sentence(clusters.count, clusters.has_more),
            "query": listed.filters.query,
        }

    def _links(self, listed: ClusterList, cards: list[ClusterCard]) -> LinkTable | None:
        """Return the links between the pictures of a cluster that is alone on the page."""
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
            "choices": [(choice, choice.label, _phrases(choice)) for choice in Choice],
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
        except DecisionRefused as error:
            return self.refused(error, request.get_full_path())
        return HttpResponseRedirect(request.get_full_path())

    def _acts(self) -> dict[str, Callable[[], HttpResponse | None]]:
        return {
            "undo": lambda: self._show_undo(undone(self.request.POST, self.reviewer)),
            "redo": lambda: self._show_undo(redone(self.request.POST, self.reviewer)),
            "policy": self._prefer,
            "preview": self._preview,
            "split": self._split,
        }

    def _decide(self) -> HttpResponse | None:
        decision = review.decide(decision_request(self.request.POST, self.reviewer))
        renew_clusters(decision)
        if wants_json(self.request):
            sentence = decision_sentence(decision) if decision else NOTHING
            return self._answer(sentence, decision=decision and decision.pk)
        if decision is None:
            messages.info(self.request, NOTHING)
        else:
            self.tell_decision(decision)
            self._offer_contact_sheet()
        return None

    def _answer(self, told: str, **more: Any) -> JsonResponse:
        """Return the result and the new progress bar, for the script."""
        listed = ClusterList(self.request.GET, self.request.user)
        session = ReviewSession(self.reviewer)
        look_back = session.is_time_to_look_back
        answer = {"told": told, "progress": "", "look_back": look_back, **more}
        if not listed.is_near:  # those would be computed again, only to be counted
            template = "admin/gallery/image/progress.html"
            progress = self._progress(listed, session)
            answer["progress"] = render_to_string(template, progress, self.request)
        return JsonResponse(answer)

    def _offer_contact_sheet(self) -> None:
        session = ReviewSession(self.reviewer)
        if session.is_time_to_look_back:
            clusters = "1 cluster" if session.reviewed == 1 else f"{session.reviewed} clusters"
            address = reverse("admin:gallery_image_contact_sheet")
            offer = '{} reviewed. <a href="{}?{}">Review your decisions</a>'
            messages.info(self.request, format_html(offer, clusters, address, self.query))

    def _preview(self) -> HttpResponse:
        """Show what the decision would do, with a button to apply it."""
        sent = decision_request(self.request.POST, self.reviewer)
        parts = previewed(sent)
        if wants_json(self.request):
            return JsonResponse({"pictures": [part.facts for part in parts]})
        preview = {"sent": sent, "parts": parts, "totals": totals(parts)}
        context = self.frame("Preview") | preview
        return render(self.request, "admin/gallery/image/preview.html", context)

    def _split(self) -> HttpResponse | None:
        decision = split(split_request(self.request.POST, self.reviewer))
        renew_clusters(decision)
        if wants_json(self.request):
            return self._answer(decision_sentence(decision), decision=decision.pk)
        self.tell_decision(decision)
        return None

    def _show_undo(self, result: UndoResult) -> HttpResponse | None:
        if wants_json(self.request):
            return self._answer(**undo_json(result))
        self.tell_undo(result)
        return None

    def _prefer(self) -> HttpResponse | None:
        policy, name = self.request.POST["policy"], self.request.POST.get("preferred", "")
        try:
            prefer(self.request.session, f"{policy}:{name}")
        except ValueError as error:
            raise InvalidRequest(str(error)) from error
        if wants_json(self.request):
            chosen = str(preference_of(self.request.session))
            return JsonResponse({"told": "Suggestions now follow your choice.", "policy": chosen})
        return None


def _phrases(choice: Choice) -> EffectPhrases | None:
    """Return the phrase for each effect in a summary, for the script."""
    return EFFECT_PHRASES[EFFECTS[choice]] if choice in EFFECTS else None
