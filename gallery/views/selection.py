"""Actions on several pictures of the grid, and their undo."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from gallery import decisions, library
from gallery.access import may_change
from gallery.decisions import ALBUM, TAG, DecisionRefused, undo_json, undo_sentence
from gallery.library import SelectionForm, put_on
from gallery.matching import copy_counts
from gallery.models import Decision, Image
from gallery.people import Member
from gallery.templatetags.pictures import TAKE_BACK
from gallery.views.pages import next_url
from gallery.web import MemberRequest, error_status, json_error, no_login_for_programs, wants_json

ACTIONS = (Decision.Action.TRASH, Decision.Action.SORT)
NO_CHANGE = {
    TAG: "All of them already have this tag.",
    ALBUM: "All of them are already in this album.",
    SelectionForm.TRASH: "All of them are already in the trash.",
}
# The most pictures that a sentence about unchanged ones names.
MAX_NAMED = 8


@require_http_methods(["GET", "HEAD", "POST"])
@no_login_for_programs
def selection(request: HttpRequest) -> HttpResponse:
    """Tag, compare or trash the selected pictures, or add them to an album."""
    if request.method != "POST":  # after a login in between
        return redirect("gallery:index")
    form = SelectionForm(request.POST)
    is_valid = form.is_valid()
    images = _chosen(request, form)
    if not is_valid:
        return _refused(request, form, images, "invalid", form.error_text)
    if form.cleaned_data["do"] == SelectionForm.COMPARE:
        return _compared(request, form, images)
    if not request.user.is_authenticated:
        return redirect_to_login(next_url(request))
    return _changed(request, request.user, form, images)


@require_http_methods(["GET", "HEAD", "POST"])
@no_login_for_programs
@login_required
def take_back(request: MemberRequest, number: int) -> HttpResponse:
    """Undo an action of the visitor on a selection."""
    if request.method != "POST":
        return redirect("gallery:index")
    own = Decision.objects.filter(made_by=request.user, action__in=ACTIONS)
    decision = get_object_or_404(own, pk=number)
    try:
        result = decisions.undo(decision.pk, request.user)
    except DecisionRefused as error:
        if wants_json(request):
            return json_error(error.code, str(error))
        messages.error(request, str(error))
    else:
        if wants_json(request):
            return JsonResponse(undo_json(result))
        messages.success(request, undo_sentence(result))
    return HttpResponseRedirect(next_url(request))


def _chosen(request: HttpRequest, form: SelectionForm) -> list[Image]:
    """Return the selected pictures that the visitor has access to, in their order."""
    ids = form.cleaned_data.get("picture", [])
    visible = Image.objects.visible_to(request.user).filter(public_id__in=ids)
    images = {image.public_id: image for image in visible}
    return [images[public_id] for public_id in ids if public_id in images]


def _compared(request: HttpRequest, form: SelectionForm, images: list[Image]) -> HttpResponse:
    if len(images) != 2:
        return _refused(request, form, images, "conflict", _gone(2 - len(images)))
    first, second = (image.public_id for image in images)
    return redirect("gallery:compare", first, second)


def _changed(
    request: HttpRequest, user: Member, form: SelectionForm, images: list[Image]
) -> HttpResponse:
    own = [image for image in images if may_change(user, image)]
    others = [image for image in images if not may_change(user, image)]
    remarks = _remarks(others, len(form.cleaned_data["picture"]) - len(images))
    if not own:
        return _refused(request, form, images, "forbidden" if others else "conflict", remarks)
    decision = _decided(user, form, own)
    done = f"{capfirst(decision.summary)}." if decision else NO_CHANGE[form.cleaned_data["do"]]
    sentence = f"{done} {remarks}".strip()
    if wants_json(request):
        left = [str(image.public_id) for image in others]
        return JsonResponse({"told": sentence, "decision": decision and decision.pk, "left": left})
    undo = f"{TAKE_BACK}{decision.pk}" if decision else ""
    messages.success(request, sentence, extra_tags=undo)
    return HttpResponseRedirect(next_url(request))


def _decided(user: Member, form: SelectionForm, images: list[Image]) -> Decision | None:
    """Apply the action to `images`; None if it changes nothing."""
    action = form.cleaned_data["do"]
    if action == SelectionForm.TRASH:
        return library.trash(images, user)
    return put_on(images, action, form.cleaned_data["name"], user)


def _remarks(others: Sequence[Image], gone: int) -> str:
    """Return sentences about the pictures that were not changed, and why."""
    sentences = []
    if others:
        names = [f"“{image.title or image.alt}”" for image in others[:MAX_NAMED]]
        more = len(others) - len(names)
        names += [f"{more} more"] if more else []
        sentences.append(f"Not changed, because other people own them: {', '.join(names)}.")
    return " ".join([*sentences, *([_gone(gone)] if gone else [])])


def _gone(count: int) -> str:
    pictures = "One picture is" if count == 1 else f"{count} pictures are"
    return f"{pictures} no longer in the gallery."


def _refused(
    request: HttpRequest, form: SelectionForm, images: list[Image], code: str, complaint: str
) -> HttpResponse:
    """Return the reason why nothing was done, and the pictures still selected."""
    if wants_json(request):
        return json_error(code, complaint)
    context = {
        "images": images,
        "copy_counts": copy_counts(images, request.user),
        "complaint": complaint,
        "back": next_url(request),
        "name": form.data.get("name", "")[:100],
    }
    return render(request, "gallery/selection.html", context, status=error_status(code))
