"""Bulk decisions: preview and apply one decision on many clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from gallery import decisions, review
from gallery.admin.bulk_plan import BulkPlan
from gallery.admin.duplicates import NOTHING, DuplicatesView
from gallery.admin.page import renew_clusters
from gallery.clusters import ClusterCard, ClusterList, NearClusters, VisibleClusters, cluster_cards
from gallery.decisions import DecisionRefused, decision_sentence
from gallery.matching import ClusterKind, ImageCluster
from gallery.review import Accepted
from gallery.suggestions import preference_of
from gallery.web import parse_key, wants_json

# As many as a person can still look through on one page.
MOST_CLUSTERS = 500
# Every pair of a cluster gets a verdict, so larger ones have to be decided singly.
MOST_APART = 50
APART = "apart"


class ClusterFacts(TypedDict):
    """The pictures of a cluster that a bulk decision would keep or trash, for programs."""

    kept: list[int]
    trashed: list[int]


@dataclass(frozen=True)
class BulkPreview:
    """What a bulk decision would do with the clusters on `cards`; `left` counts the others."""

    cards: list[ClusterCard]
    is_apart: bool
    left: int
    has_more: bool
    plan: str
    """The plan, signed, to be sent back when it is applied."""

    @property
    def kept(self) -> int:
        if not self.is_apart:
            return len(self.cards)
        return sum(len(card.members) for card in self.cards)

    @property
    def trashed(self) -> int:
        return 0 if self.is_apart else sum(card.others for card in self.cards)

    @property
    def bytes(self) -> int:
        """The total size of the pictures that would be trashed."""
        return 0 if self.is_apart else sum(card.bytes_of_others for card in self.cards)

    @property
    def facts(self) -> dict[str, Any]:
        """The preview for programs, without the clusters."""
        names = ("is_apart", "kept", "trashed", "bytes", "left", "has_more", "plan")
        return {name: getattr(self, name) for name in names}

    @property
    def clusters(self) -> list[ClusterFacts]:
        if self.is_apart:
            return [{"kept": _keys(card), "trashed": []} for card in self.cards]
        keys = [_kept_first(card) for card in self.cards]
        return [{"kept": first[:1], "trashed": first[1:]} for first in keys]


class BulkView(DuplicatesView):
    """
    POST with `bulk` previews a bulk decision; POST with the `plan` of the preview applies it.

    `bulk` is "selected", with the representatives of the chosen clusters as `cluster`, or a kind,
    for all clusters of that kind that match the filters in the address. With "apart", the chosen
    clusters are marked as not duplicates.
    """

    template_name = "admin/gallery/image/bulk.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self._list_url())

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        if "plan" in request.POST:
            return self._apply()
        preview = self._previewed()
        if wants_json(request):
            return JsonResponse({**preview.facts, "clusters": preview.clusters})
        shown = {**preview.facts, "cards": preview.cards, "list_url": self._list_url()}
        return self.render_to_response(self.frame("Preview") | shown)

    def _previewed(self) -> BulkPreview:
        as_of = decisions.position()
        cards = self._cards()
        is_apart = self.request.POST.get("bulk") == APART
        can_be_decided = _can_be_apart if is_apart else _has_suggestion
        chosen = [card for card in cards[:MOST_CLUSTERS] if can_be_decided(card)]
        clusters = [_keys(card) if is_apart else _kept_first(card) for card in chosen]
        plan = BulkPlan(self.reviewer.pk, as_of, is_apart, clusters)
        left = len(cards[:MOST_CLUSTERS]) - len(chosen)
        return BulkPreview(chosen, is_apart, left, len(cards) > MOST_CLUSTERS, plan.signed)

    def _cards(self) -> list[ClusterCard]:
        bulk = self.request.POST.get("bulk")
        kind = bulk if bulk in ClusterKind.values else ""
        listed = ClusterList(self.request.GET, self.request.user, kind)
        clusters = listed.clusters
        chosen = clusters.first(MOST_CLUSTERS + 1) if kind else self._selected(clusters)
        return cluster_cards(chosen, listed.filters.by, None, preference_of(self.request.session))

    def _selected(self, clusters: VisibleClusters | NearClusters) -> list[ImageCluster]:
        """Return the `clusters` whose representatives were selected."""
        selected = self.request.POST.getlist("cluster")[:MOST_CLUSTERS]
        keys = {key for text in selected if (key := parse_key(text)) is not None}
        if isinstance(clusters, NearClusters):
            return [cluster for cluster in clusters.first() if cluster.representative in keys]
        return VisibleClusters(self.request.user, holding=keys).first(len(keys)) if keys else []

    def _apply(self) -> HttpResponse:
        try:
            plan = BulkPlan.of_signed(self.request.POST.get("plan", ""), self.reviewer)
            merge = bool(self.request.POST.get("merge"))
            accepted = review.accept(plan.choices, self.reviewer, merge, plan.as_of)
        except DecisionRefused as error:
            return self.refused(error, self._list_url())
        renew_clusters(accepted.decision)
        if wants_json(self.request):
            return JsonResponse(_answer(accepted))
        self._tell_accepted(accepted)
        return HttpResponseRedirect(self._list_url())

    def _tell_accepted(self, accepted: Accepted) -> None:
        if accepted.decision:
            self.tell_decision(accepted.decision)
        for reason in dict.fromkeys(accepted.left):
            count = accepted.left.count(reason)
            clusters_were = "1 cluster was" if count == 1 else f"{count} clusters were"
            messages.warning(self.request, f"{clusters_were} left out: {reason}")

    def _list_url(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return reverse("admin:gallery_image_duplicates") + query


def _answer(accepted: Accepted) -> dict[str, Any]:
    """Return what was done, for programs."""
    decision = accepted.decision
    sentence = decision_sentence(decision) if decision else NOTHING
    return {"told": sentence, "decision": decision and decision.pk, "left": accepted.left}


def _has_suggestion(card: ClusterCard) -> bool:
    return card.suggested is not None and not card.stranding


def _can_be_apart(card: ClusterCard) -> bool:
    return 1 < len(card.members) <= MOST_APART


def _keys(card: ClusterCard) -> list[int]:
    return [member.image.pk for member in card.members]


def _kept_first(card: ClusterCard) -> list[int]:
    """Return the keys of the pictures of `card`, the suggested one first."""
    suggested = card.suggested
    return sorted(_keys(card), key=lambda key: suggested is None or key != suggested.pk)
