"""The page of one picture, and its edit, trash and restore buttons."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gallery import library
from gallery.access import changeable_or_error, may_change, restorable_by
from gallery.library import ImageForm, SourceList, collections_of, visible_collections
from gallery.models import Album, Image, Tag
from gallery.templatetags.pictures import UNDO
from gallery.views.similar import panel_context
from gallery.web import MemberRequest, no_login_for_programs, wants_json

View = Callable[[MemberRequest, UUID], HttpResponse]


def _by_button(view: View) -> View:
    """
    Make `view` accept POST only, and redirect other requests to the picture.

    Visitors get there with GET if they had to log in after they pressed the button.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: MemberRequest, public_id: UUID) -> HttpResponse:
        if request.method != "POST":
            return redirect("gallery:detail", public_id)
        return view(request, public_id)

    return guarded


@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a picture with its details, its copies and similar pictures."""
    visible = Image.objects.visible_to(request.user).select_related("owner")
    source = SourceList.read(request.GET.get("from", ""))
    image = source.annotated(visible).filter(public_id=public_id).first()
    if image is None:
        return _trashed(request, public_id)
    context = {
        "image": image,
        "may_change": may_change(request.user, image),
        **panel_context(request, image),
        "origin": source.query,
        **source.neighbours(visible, image),
        **collections_of(image)._asdict(),
    }
    return render(request, "gallery/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Edit the title, description, tags, albums and visibility of a picture."""
    image = changeable_or_error(request.user, public_id)
    form = ImageForm(request.POST if request.method == "POST" else None, instance=image)
    if form.is_valid():
        form.save()
        return _saved(request, image)
    context = {
        "image": image,
        "form": form,
        "known_tags": visible_collections(request.user, Tag),
        "known_albums": visible_collections(request.user, Album),
    }
    status = 422 if form.is_bound else 200
    return render(request, "gallery/edit.html", context, status=status)


def _saved(request: MemberRequest, image: Image) -> HttpResponse:
    if Image.objects.visible_to(request.user).filter(pk=image.pk).exists():
        messages.success(request, "Saved.")
        return redirect(image)
    messages.success(request, "Saved. The picture is private now, so only its owner can see it.")
    return redirect("gallery:index")


@_by_button
@no_login_for_programs
@login_required
def trash(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Move a picture to the trash."""
    image = changeable_or_error(request.user, public_id)
    library.trash([image], request.user)
    sentence = f"“{image.title or image.alt}” is in the trash."
    if wants_json(request):
        address = reverse("gallery:restore", args=[public_id])
        return JsonResponse({"told": sentence, "id": str(public_id), "restore": address})
    messages.success(request, sentence, extra_tags=f"{UNDO}{public_id}")
    return redirect("gallery:index")


@_by_button
@no_login_for_programs
@login_required
def restore(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Restore a picture from the trash."""
    image: Image = get_object_or_404(restorable_by(request.user), public_id=public_id)
    library.restore([image], request.user)
    sentence = "The picture has been restored."
    if wants_json(request):
        address = image.get_absolute_url()
        return JsonResponse({"told": sentence, "id": str(public_id), "url": address})
    messages.success(request, sentence)
    return redirect(image)


def _trashed(request: HttpRequest, public_id: UUID) -> HttpResponse:
    image = get_object_or_404(restorable_by(request.user), public_id=public_id)
    return render(request, "gallery/trashed.html", {"image": image})
