"""What the pages have in common that the gallery adds to the back office for reviewers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse, HttpResponseRedirect
from django.views.generic import TemplateView

from gallery.decisions import Conflict
from gallery.models import Image
from gallery.web import json_error, wants_json


class AdminPage(PermissionRequiredMixin, TemplateView):
    """A page for those who may review duplicates, drawn inside the admin."""

    permission_required = "gallery.review_duplicates"
    raise_exception = True
    model_admin: Any = None

    def frame(self, title: str) -> dict[str, Any]:
        """Return what the admin draws around the page."""
        return {
            **self.model_admin.admin_site.each_context(self.request),
            "title": title,
            "is_nav_sidebar_enabled": False,  # pictures want the room
            "opts": Image._meta,
        }

    def refused(self, conflict: Conflict, address: str) -> HttpResponse:
        """Say why nothing was done: to a program as JSON, to people on the page at `address`."""
        if wants_json(self.request):
            return json_error(conflict.code, str(conflict))
        messages.error(self.request, str(conflict))
        return HttpResponseRedirect(address)

    @property
    def query(self) -> str:
        """The query of the address, as it was written."""
        return self.request.META.get("QUERY_STRING", "")
