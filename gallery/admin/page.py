"""The base class of the reviewers' pages inside the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.views.generic import TemplateView
from django_htmx.middleware import HtmxDetails

from gallery import matching
from gallery.decisions import DecisionRefused, UndoResult, decision_sentence, undo_sentence
from gallery.models import Decision, Image
from gallery.people import Member
from gallery.web import json_error, wants_json

# Pictures that are compared before the answer to a decision is sent.
MOST_RENEWED = 50
MESSAGE = "admin/gallery/image/undo_message.html"


class ReviewRequest(HttpRequest):
    """A request after the middleware of htmx."""

    htmx: HtmxDetails


class AdminPage(PermissionRequiredMixin, TemplateView):
    """A page for users with the permission to review duplicates, inside the admin."""

    request: ReviewRequest
    permission_required = "gallery.review_duplicates"
    raise_exception = True
    admin_site = admin.site

    @property
    def reviewer(self) -> Member:
        """The user who opened the page."""
        return member_of(self.request)

    @property
    def query(self) -> str:
        """The query string of the address, exactly as it was sent."""
        return str(self.request.META.get("QUERY_STRING", ""))

    def frame(self, title: str) -> dict[str, Any]:
        """Return the context of the admin's frame around the page."""
        return {
            **self.admin_site.each_context(self.request),
            "title": title,
            "is_nav_sidebar_enabled": False,  # leaves more room for pictures
            "opts": Image._meta,
        }

    def refused(self, error: DecisionRefused, address: str) -> HttpResponse:
        """Return why nothing was done: JSON for programs, a message at `address` for people."""
        if wants_json(self.request):
            return json_error(error.code, str(error))
        messages.error(self.request, str(error))
        return HttpResponseRedirect(address)

    def tell_decision(self, decision: Decision) -> None:
        """Show a message that says what was done, with a button to undo it."""
        self._tell(decision_sentence(decision), decision, is_undone=False)

    def tell_undo(self, result: UndoResult) -> None:
        """Show a message that says what was undone or redone, with a button for the reverse."""
        self._tell(undo_sentence(result), result.original, is_undone=not result.is_redo)

    def _tell(self, sentence: str, decision: Decision, *, is_undone: bool) -> None:
        context = {"sentence": sentence, "decision": decision, "is_undone": is_undone}
        messages.success(self.request, render_to_string(MESSAGE, context))


def member_of(request: HttpRequest) -> Member:
    """Return the user of a request that needs an account; raise PermissionDenied without one."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return request.user


def renew_clusters(decision: Decision | None) -> None:
    """
    Renew the clusters of the pictures of a decision, so that the next page no longer shows them.

    Of a bulk decision only the first ones; the worker renews the others a moment later.
    """
    if decision is not None:
        keys = decision.pictures.exclude(image=None).values_list("image", flat=True)
        matching.catch_up(keys[:MOST_RENEWED], share=0)
