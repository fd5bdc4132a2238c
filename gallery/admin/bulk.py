"""Deciding many clusters at once: what would happen, and after a second press it does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from gallery import decisions, review
from gallery.admin.duplicates import NOTHING, DuplicatesView
from gallery.clusters import ClusterCard, ClusterList, NearClusters, VisibleClusters, cluster_cards
from gallery.decisions import Conflict, Malformed, told
from gallery.decisions import done as sentence
from gallery.matching import ClusterKind, ImageCluster
from gallery.review import Accepted, Choice, accepted
from gallery.suggestions import preference_of
from gallery.web import parse_key, wants_json

# Of one page, which a person can still look through.
MOST_CLUSTERS = 500
# Every pair of a cluster gets a verdict, so large ones are decided by themselves.
MOST_APART = 50
APART = "apart"
SALT = "gallery.bulk"


class BulkView(DuplicatesView):
    """
    POST with `bulk` lists what would be kept and trashed; with the `plan` of that list, does it.

    `bulk` is "selected", with the representatives of the chosen clusters as `cluster`, or a kind
    of clusters, of which all that the filters in the address find are meant. With "apart" the
    chosen clusters are said to hold no duplicates.
    """

    template_name = "admin/gallery/image/bulk.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self._list_url())

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        if "plan" not in request.POST:
            listed = self._listed()
            if wants_json(request):
                return JsonResponse(_facts(listed))
            return self.render_to_response(listed)
        try:
            done = self._applied()
        except Conflict as conflict:
            return self.refused(conflict, self._list_url())
        if wants_json(request):
            return JsonResponse(_answer(done))
        self._tell(done)
        return HttpResponseRedirect(self._list_url())

    def _listed(self) -> dict[str, Any]:
        as_of = decisions.position()
        cards = self._cards()
        is_apart = self.request.POST.get("bulk") == APART
        ready = _can_be_apart if is_apart else _has_suggestion
        decided = [card for card in cards[:MOST_CLUSTERS] if ready(card)]
        return self._totals(decided, is_apart) | {
            "left": len(cards[:MOST_CLUSTERS]) - len(decided),
            "has_more": len(cards) > MOST_CLUSTERS,
            "plan": self._signed(decided, is_apart, as_of),
            "list_url": self._list_url(),
        }

    def _signed(self, decided: list[ClusterCard], is_apart: bool, as_of: int) -> str:
        plan = {
            "as_of": as_of,
            "user": self.request.user.pk,
            "is_apart": is_apart,
            "clusters": [_keys(card) if is_apart else _plan(card) for card in decided],
        }
        return signing.dumps(plan, salt=SALT, compress=True)

    def _totals(self, decided: list[ClusterCard], is_apart: bool) -> dict[str, Any]:
        return {
            **self.frame("What would happen"),
            "cards": decided,
            "is_apart": is_apart,
            "kept": sum(len(card.members) for card in decided) if is_apart else len(decided),
            "trashed": 0 if is_apart else sum(card.others for card in decided),
            "bytes": 0 if is_apart else sum(card.bytes_of_others for card in decided),
        }

    def _cards(self) -> list[ClusterCard]:
        wanted = self.request.POST.get("bulk")
        kind = wanted if wanted in ClusterKind.values else ""
        listed = ClusterList(self.request.GET, self.request.user, kind)
        clusters = listed.clusters
        found = clusters.first(MOST_CLUSTERS + 1) if kind else self._selected(clusters)
        return cluster_cards(found, listed.filters.by, None, preference_of(self.request.session))

    def _selected(self, found: VisibleClusters | NearClusters) -> list[ImageCluster]:
        """Return those of `found` whose first pictures were ticked."""
        ticked = self.request.POST.getlist("cluster")[:MOST_CLUSTERS]
        keys = {key for text in ticked if (key := parse_key(text)) is not None}
        if isinstance(found, NearClusters):
            return [cluster for cluster in found.first() if cluster.representative in keys]
        return VisibleClusters(self.request.user, holding=keys).first(len(keys)) if keys else []

    def _applied(self) -> Accepted:
        plan = self._plan()
        clusters = [
            dict.fromkeys(keys, Choice.NOT_A_DUPLICATE.value)
            if plan.get("is_apart")
            else accepted(keys, keys[0])
            for keys in plan["clusters"]
        ]
        merge = bool(self.request.POST.get("merge"))
        return review.accept(clusters, self.request.user, merge, plan["as_of"])

    def _tell(self, done: Accepted) -> None:
        if done.decision:
            messages.success(self.request, told(done.decision))
        for reason in dict.fromkeys(done.left):
            count = done.left.count(reason)
            clusters_were = "1 cluster was" if count == 1 else f"{count} clusters were"
            messages.warning(self.request, f"{clusters_were} left: {reason}")

    def _plan(self) -> dict[str, Any]:
        try:
            plan = signing.loads(self.request.POST["plan"], salt=SALT)
        except signing.BadSignature:
            plan = {}
        if plan.get("user") != self.request.user.pk:
            raise Malformed("Nothing was changed: the list was incomplete. Make it again.")
        return plan

    def _list_url(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return reverse("admin:gallery_image_duplicates") + query


def _facts(listed: dict[str, Any]) -> dict[str, Any]:
    """Return what would happen, for programs."""
    names = ("is_apart", "kept", "trashed", "bytes", "left", "has_more", "plan")
    clusters = [
        {
            "kept": _keys(card) if listed["is_apart"] else _plan(card)[:1],
            "trashed": [] if listed["is_apart"] else _plan(card)[1:],
        }
        for card in listed["cards"]
    ]
    return {**{name: listed[name] for name in names}, "clusters": clusters}


def _answer(done: Accepted) -> dict[str, Any]:
    told = sentence(done.decision) if done.decision else NOTHING
    return {"told": told, "decision": done.decision and done.decision.pk, "left": done.left}


def _has_suggestion(card: ClusterCard) -> bool:
    return card.suggestion is not None


def _can_be_apart(card: ClusterCard) -> bool:
    return 1 < len(card.members) <= MOST_APART


def _keys(card: ClusterCard) -> list[int]:
    return [member.image.pk for member in card.members]


def _plan(card: ClusterCard) -> list[int]:
    """Return the keys of the pictures of `card`, the one to keep first."""
    return sorted(_keys(card), key=lambda key: key != card.suggested.pk)
