"""A picture's own page, and what its owner may do with it."""

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
from gallery.library import ImageForm, Origin, shelves_of, shown_to
from gallery.models import Album, Image, Tag
from gallery.templatetags.pictures import UNDO
from gallery.views.similar import looks_like
from gallery.web import no_login_for_programs, wants_json

View = Callable[[HttpRequest, UUID], HttpResponse]


def _by_button(view: View) -> View:
    """
    Let `view` only be posted to; whoever comes by address is shown the picture.

    So does everyone whose session had ended when the button was pressed, after the login.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, public_id: UUID) -> HttpResponse:
        if request.method != "POST":
            return redirect("gallery:detail", public_id)
        return view(request, public_id)

    return guarded


@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    visible = Image.objects.visible_to(request.user).select_related("owner")
    origin = Origin.read(request.GET.get("from", ""))
    image = origin.annotated(visible).filter(public_id=public_id).first()
    if image is None:
        return _in_the_trash(request, public_id)
    context = {
        "image": image,
        "may_change": may_change(request.user, image),
        **looks_like(request, image),
        "origin": origin.query,
        **origin.beside(visible, image),
        **shelves_of(image),
    }
    return render(request, "gallery/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    image = changeable_or_error(request.user, public_id)
    form = ImageForm(request.POST if request.method == "POST" else None, instance=image)
    if form.is_valid():
        form.save()
        return _saved(request, image)
    context = {
        "image": image,
        "form": form,
        "known_tags": shown_to(request.user, Tag),
        "known_albums": shown_to(request.user, Album),
    }
    status = 422 if form.is_bound else 200
    return render(request, "gallery/edit.html", context, status=status)


def _saved(request: HttpRequest, image: Image) -> HttpResponse:
    if Image.objects.visible_to(request.user).filter(pk=image.pk).exists():
        messages.success(request, "Saved.")
        return redirect(image)
    messages.success(request, "Saved. The picture is private now, so only its owner sees it.")
    return redirect("gallery:index")


@_by_button
@no_login_for_programs
@login_required
def trash(request: HttpRequest, public_id: UUID) -> HttpResponse:
    image = changeable_or_error(request.user, public_id)
    library.trash([image], request.user)
    told = f"“{image.title or image.alt}” is in the trash."
    if wants_json(request):
        address = reverse("gallery:restore", args=[public_id])
        return JsonResponse({"told": told, "id": str(public_id), "restore": address})
    messages.success(request, told, extra_tags=f"{UNDO}{public_id}")
    return redirect("gallery:index")


@_by_button
@no_login_for_programs
@login_required
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    image = get_object_or_404(restorable_by(request.user), public_id=public_id)
    library.restore([image], request.user)
    told = "The picture is back in the gallery."
    if wants_json(request):
        address = image.get_absolute_url()
        return JsonResponse({"told": told, "id": str(public_id), "url": address})
    messages.success(request, told)
    return redirect(image)


def _in_the_trash(request: HttpRequest, public_id: UUID) -> HttpResponse:
    image = get_object_or_404(restorable_by(request.user), public_id=public_id)
    return render(request, "gallery/trashed.html", {"image": image})
