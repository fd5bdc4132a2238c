"""The history: all decisions, each of which can be undone and redone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict

from gallery import decisions
from gallery.admin.page import AdminPage, renew_clusters
from gallery.decisions import DecisionRefused, InvalidRequest, UndoResult, undo_json
from gallery.models import Decision, DecisionItem
from gallery.people import Member
from gallery.querysets import permitted
from gallery.web import SortOrder, keyset_page, parse_key, wants_json

NEWEST = SortOrder(("-id",))
PER_PAGE = 30
# Pictures shown of one decision; its summary counts all.
MOST_PICTURES = 8


class ListedDecision(NamedTuple):
    """A decision, and the first of its pictures that the viewer may see."""

    decision: Decision
    pictures: list[DecisionItem]


class HistoryView(AdminPage):
    """GET lists decisions, newest first; POST undoes or redoes one."""

    template_name = "admin/gallery/image/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = decisions.open_to(self.reviewer).filter(undoes=None)
        rows = rows.select_related("made_by", "undone_by__made_by").defer("changes")
        cursors = {name: self.request.GET.get(name, "") for name in ("after", "before")}
        shown = keyset_page(rows, NEWEST, PER_PAGE, **cursors)
        return {
            **super().get_context_data(**kwargs),
            **self.frame("Decisions"),
            "page": shown,
            "decisions": with_pictures(shown.items, self.reviewer),
        }

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        reverse = redone if "redo" in request.POST else undone
        try:
            result = reverse(request.POST, self.reviewer)
        except DecisionRefused as error:
            return self.refused(error, request.get_full_path())
        if wants_json(request):
            return JsonResponse(undo_json(result))
        self.tell_undo(result)
        return HttpResponseRedirect(request.get_full_path())


def undone(post: QueryDict, user: Member) -> UndoResult:
    """Undo the decision that a form names; raises DecisionRefused."""
    return _renewed(decisions.undo(_number(post.get("undo", "")), user))


def redone(post: QueryDict, user: Member) -> UndoResult:
    """Redo the decision that a form names; raises DecisionRefused."""
    return _renewed(decisions.redo(_number(post.get("redo", "")), user))


def with_pictures(rows: Sequence[Decision], viewer: Member) -> list[ListedDecision]:
    """Return each decision with the first of its pictures that `viewer` may see."""
    place = Window(RowNumber(), partition_by="decision", order_by="pk")
    items = (
        DecisionItem.objects.filter(permitted(viewer, "image__"), decision__in=rows)
        .exclude(image=None)
        .annotate(place=place)
        .filter(place__lte=MOST_PICTURES)  # a bulk decision can have thousands
        .select_related("image")
    )
    items_of: dict[int, list[DecisionItem]] = defaultdict(list)
    for item in items:
        items_of[item.decision_id].append(item)
    return [ListedDecision(decision, items_of[decision.pk]) for decision in rows]


def _renewed(result: UndoResult) -> UndoResult:
    renew_clusters(result.original)
    return result


def _number(text: str) -> int:
    if (number := parse_key(text)) is None:
        raise InvalidRequest("Nothing was changed: there is no such decision. Reload the page.")
    return number
