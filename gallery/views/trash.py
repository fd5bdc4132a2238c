"""Pictures that were thrown away and can still be taken back."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.access import restorable_by
from gallery.conf import setting
from gallery.forms import ListingForm
from gallery.paging import Order, page

NEWEST = Order(("-trashed_at", "-id"))


@require_safe
@login_required
def trashed(request: HttpRequest) -> HttpResponse:
    form = ListingForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.complaint)
    listing = form.listing()
    pictures = restorable_by(request.user).select_related("owner")
    context = {
        "page": page(pictures, NEWEST, setting("PAGE_SIZE"), listing.after, listing.before),
        "days": setting("TRASH_DAYS"),
    }
    return render(request, "gallery/trash.html", context)
