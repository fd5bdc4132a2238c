"""The admin's page of decisions, each of which can be taken back, and made again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from gallery import ledger
from gallery.admin_page import AdminPage
from gallery.ledger import Conflict, Malformed, Step
from gallery.models import DecidedPicture, Decision
from gallery.negotiation import wants_json
from gallery.paging import Order, page
from gallery.querysets import permitted
from gallery.written_keys import key_in

NEWEST = Order(("-id",))
PER_PAGE = 30
# Pictures of a decision that the page shows; the summary counts the others.
MOST_PICTURES = 8


class HistoryView(AdminPage):
    """GET lists decisions, the newest first; POST takes one back, or makes it again."""

    template_name = "admin/gallery/image/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        decisions = ledger.open_to(user).filter(undoes=None)
        decisions = decisions.select_related("made_by", "undone_by__made_by").defer("changes")
        asked = {name: self.request.GET.get(name, "") for name in ("after", "before")}
        found = page(decisions, NEWEST, PER_PAGE, **asked)
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


def told(decision: Decision) -> SafeString:
    """Return what was done, with a button to take it back, for a page that has `undo-last`."""
    return format_html("{} {}", done(decision), _button("undo", decision.pk, "Undo"))


def done(decision: Decision) -> str:
    return f"{capfirst(decision.summary)}."


def undone(request: HttpRequest) -> Step:
    """Take back the decision that was posted; raises Conflict."""
    return ledger.undo(_number(request.POST.get("undo", "")), request.user)


def redone(request: HttpRequest) -> Step:
    """Make the decision again that was posted; raises Conflict."""
    return ledger.redo(_number(request.POST.get("redo", "")), request.user)


def told_of(step: Step) -> SafeString:
    """Return what a step back did, with a button for the other way."""
    name, label = ("undo", "Undo") if step.is_redo else ("redo", "Decide so again")
    return format_html("{} {}", sentence_of(step), _button(name, step.decision.undoes_id, label))


def answer_of(step: Step) -> dict[str, Any]:
    """Return what a step back did, for programs."""
    told = {"told": sentence_of(step), "decision": step.decision.undoes_id}
    return told if step.is_redo else {**told, "as_of": step.as_of}


def sentence_of(step: Step) -> str:
    did = "Decided so again" if step.is_redo else "Taken back"
    return f"{did}: {step.decision.summary}.{_left(step)}"


def show_pictures(decisions: Iterable[Decision], user: AbstractBaseUser) -> None:
    """Give each of `decisions` its first pictures that `user` may see, as `.shown`."""
    by_key = {decision.pk: decision for decision in decisions}
    for decision in by_key.values():
        decision.shown = []
    place = Window(RowNumber(), partition_by="decision", order_by="pk")
    pictures = (
        DecidedPicture.objects.filter(permitted(user, "image__"), decision__in=by_key)
        .exclude(image=None)
        .annotate(place=place)
        .filter(place__lte=MOST_PICTURES)  # of thousands that were decided together
        .select_related("image")
    )
    for picture in pictures:
        by_key[picture.decision_id].shown.append(picture)


def _left(step: Step) -> str:
    told = ""
    if step.gone:
        pictures = "one picture was" if step.gone == 1 else f"{step.gone} pictures were"
        told += f" But {pictures} deleted for ever, and cannot come back."
    if step.left:
        things = "one thing was" if step.left == 1 else f"{step.left} things were"
        told += f" But {things} changed since, and stay{'s' if step.left == 1 else ''} so."
    return told


def _button(name: str, number: int, label: str) -> SafeString:
    return format_html(
        '<button class="link" form="undo-last" name="{}" value="{}">{}</button>',
        *(name, number, label),
    )


def _number(text: str) -> int:
    if (number := key_in(text)) is None:
        raise Malformed("Nothing was changed: there is no such decision. Load the page again.")
    return number
