"""The admin's page on which a reviewer looks over their last decisions, with all pictures."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from gallery import matching
from gallery.admin.history import HistoryView, show_pictures
from gallery.conf import setting
from gallery.models import Decision


class ContactSheetView(HistoryView):
    """GET shows the last decisions of the reviewer; POST takes one back, or makes it again."""

    template_name = "admin/gallery/image/contact_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        matching.catch_up_for_page()  # lists the clusters of decisions that were undone
        address = reverse("admin:gallery_image_duplicates")
        return {
            **self.frame("The last decisions"),
            "decisions": self._decisions(),
            "go_on": f"{address}?{self.query}" if self.query else address,
        }

    def _decisions(self) -> list[Decision]:
        kinds = (Decision.Action.RESOLVE, Decision.Action.BULK)
        made = Decision.objects.filter(made_by=self.request.user, action__in=kinds, undoes=None)
        rows = made.select_related("undone_by__made_by").defer("changes")
        decisions = list(rows[: setting("CONTACT_SHEET_AFTER")])
        show_pictures(decisions, self.request.user)
        return decisions
