"""What is done with several pictures of the grid together, and how it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from gallery import decisions, library
from gallery.access import may_change
from gallery.decisions import DecisionRefused, undo_json, undo_sentence
from gallery.library import SelectionForm, put_on
from gallery.matching import count_same
from gallery.models import Decision, Image
from gallery.templatetags.pictures import TAKE_BACK
from gallery.views.pages import way_back
from gallery.web import error_status, no_login_for_programs, refusal, wants_json

ACTIONS = (Decision.Action.TRASH, Decision.Action.SORT)
# Pictures that were left as they are and are named in a sentence.
MOST_NAMED = 8


@require_http_methods(["GET", "HEAD", "POST"])
@no_login_for_programs
def selection(request: HttpRequest) -> HttpResponse:
    """Tag, collect, compare or trash the pictures that were selected."""
    if request.method != "POST":  # as after a login in between
        return redirect("gallery:index")
    form = SelectionForm(request.POST)
    is_valid = form.is_valid()
    images = _chosen(request, form)
    if not is_valid:
        return _refused(request, form, images, form.complaint, 422)
    if form.cleaned_data["do"] == SelectionForm.COMPARE:
        return _compared(request, form, images)
    if not request.user.is_authenticated:
        return redirect_to_login(way_back(request))
    return _changed(request, form, images)


@require_http_methods(["GET", "HEAD", "POST"])
@no_login_for_programs
@login_required
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Undo what the visitor did with a selection."""
    if request.method != "POST":
        return redirect("gallery:index")
    own = Decision.objects.filter(made_by=request.user, action__in=ACTIONS)
    decision = get_object_or_404(own, pk=number)
    try:
        result = decisions.undo(decision.pk, request.user)
    except DecisionRefused as error:
        if wants_json(request):
            return refusal(error.code, str(error), error_status(error.code))
        messages.error(request, str(error))
    else:
        if wants_json(request):
            return JsonResponse(undo_json(result))
        messages.success(request, undo_sentence(result))
    return HttpResponseRedirect(way_back(request))


def _chosen(request: HttpRequest, form: SelectionForm) -> list[Image]:
    """Return the pictures that were sent and that the visitor sees, in their order."""
    ids = form.cleaned_data.get("picture", [])
    visible = Image.objects.visible_to(request.user).filter(public_id__in=ids)
    found = {image.public_id: image for image in visible}
    return [found[public_id] for public_id in ids if public_id in found]


def _compared(request: HttpRequest, form: SelectionForm, images: list[Image]) -> HttpResponse:
    if len(images) != 2:
        return _refused(request, form, images, _gone(2 - len(images)), 409)
    first, second = (image.public_id for image in images)
    return redirect("gallery:compare", first, second)


def _changed(request: HttpRequest, form: SelectionForm, images: list[Image]) -> HttpResponse:
    own = [image for image in images if may_change(request.user, image)]
    others = [image for image in images if not may_change(request.user, image)]
    remarks = _remarks(others, len(form.cleaned_data["picture"]) - len(images))
    if not own:
        return _refused(request, form, images, remarks, 403 if others else 409)
    decision = _done(request, form, own)
    done = f"{capfirst(decision.summary)}." if decision else "All of them are there already."
    told = f"{done} {remarks}".strip()
    if wants_json(request):
        left = [str(image.public_id) for image in others]
        return JsonResponse({"told": told, "decision": decision and decision.pk, "left": left})
    undo = f"{TAKE_BACK}{decision.pk}" if decision else ""
    messages.success(request, told, extra_tags=undo)
    return HttpResponseRedirect(way_back(request))


def _done(request: HttpRequest, form: SelectionForm, images: list[Image]) -> Decision | None:
    wanted = form.cleaned_data["do"]
    if wanted == SelectionForm.TRASH:
        return library.trash(images, request.user)
    return put_on(images, wanted, form.cleaned_data["name"], request.user)


def _remarks(others: Sequence[Image], gone: int) -> str:
    """Say which pictures nothing was done with, and why."""
    told = []
    if others:
        names = [f"“{image.title or image.alt}”" for image in others[:MOST_NAMED]]
        rest = len(others) - len(names)
        names += [f"{rest} more"] if rest else []
        told.append(f"Left as they are, for only their owners may change them: {', '.join(names)}.")
    return " ".join([*told, *([_gone(gone)] if gone else [])])


def _gone(count: int) -> str:
    pictures = "One picture is" if count == 1 else f"{count} pictures are"
    return f"{pictures} not in the gallery any more."


def _refused(
    request: HttpRequest, form: SelectionForm, images: list[Image], complaint: str, status: int
) -> HttpResponse:
    """Say why nothing was done, above the pictures that are still selected."""
    if wants_json(request):
        code = {403: "forbidden", 409: "conflict"}.get(status, "invalid")
        return refusal(code, complaint, status)
    count_same(images, request.user)
    context: dict[str, Any] = {
        "images": images,
        "complaint": complaint,
        "back": way_back(request),
        "name": form.data.get("name", "")[:100],
    }
    return render(request, "gallery/selection.html", context, status=status)
