"""The admin's page of decisions, each of which can be taken back, and made again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from gallery import decisions
from gallery.admin.page import AdminPage
from gallery.decisions import (
    Conflict,
    Malformed,
    Step,
    answer_of,
    told_of,
)
from gallery.models import Decision, DecisionItem
from gallery.people import Member
from gallery.querysets import permitted
from gallery.web import SortOrder, keyset_page, parse_key, wants_json

NEWEST = SortOrder(("-id",))
PER_PAGE = 30
# Pictures of a decision that the page shows; the summary counts the others.
MOST_PICTURES = 8


class HistoryView(AdminPage):
    """GET lists decisions, the newest first; POST takes one back, or makes it again."""

    template_name = "admin/gallery/image/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        listed = decisions.open_to(user).filter(undoes=None)
        listed = listed.select_related("made_by", "undone_by__made_by").defer("changes")
        asked = {name: self.request.GET.get(name, "") for name in ("after", "before")}
        found = keyset_page(listed, NEWEST, PER_PAGE, **asked)
        show_pictures(found.items, user)
        return {**super().get_context_data(**kwargs), **self.frame("Decisions"), "page": found}

    def post(self, request: HttpRequest, **_: Any) -> HttpResponse:
        is_redo = "redo" in request.POST
        try:
            step = redone(request) if is_redo else undone(request)
        except Conflict as conflict:
            return self.refused(conflict, request.get_full_path())
        if wants_json(request):
            return JsonResponse(answer_of(step))
        messages.success(request, told_of(step))
        return HttpResponseRedirect(request.get_full_path())


def undone(request: HttpRequest) -> Step:
    """Take back the decision that was posted; raises Conflict."""
    return decisions.undo(_number(request.POST.get("undo", "")), request.user)


def redone(request: HttpRequest) -> Step:
    """Make the decision again that was posted; raises Conflict."""
    return decisions.redo(_number(request.POST.get("redo", "")), request.user)


def show_pictures(decisions: Iterable[Decision], user: Member) -> None:
    """Give each of `decisions` its first pictures that `user` may see, as `.shown`."""
    by_key = {decision.pk: decision for decision in decisions}
    for decision in by_key.values():
        decision.shown = []
    place = Window(RowNumber(), partition_by="decision", order_by="pk")
    pictures = (
        DecisionItem.objects.filter(permitted(user, "image__"), decision__in=by_key)
        .exclude(image=None)
        .annotate(place=place)
        .filter(place__lte=MOST_PICTURES)  # of thousands that were decided together
        .select_related("image")
    )
    for picture in pictures:
        by_key[picture.decision_id].shown.append(picture)


def _number(text: str) -> int:
    if (number := parse_key(text)) is None:
        raise Malformed("Nothing was changed: there is no such decision. Load the page again.")
    return number
