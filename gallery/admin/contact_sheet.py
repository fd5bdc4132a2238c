"""The contact sheet: a reviewer's recent decisions with their pictures, to check."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from gallery.admin.history import HistoryView, ListedDecision, with_pictures
from gallery.conf import setting
from gallery.models import Decision


class ContactSheetView(HistoryView):
    """GET shows the reviewer's recent decisions; POST undoes or redoes one."""

    template_name = "admin/gallery/image/contact_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = reverse("admin:gallery_image_duplicates")
        return {
            **self.frame("Recent decisions"),
            "decisions": self._decisions(),
            "go_on": f"{address}?{self.query}" if self.query else address,
        }

    def _decisions(self) -> list[ListedDecision]:
        kinds = (Decision.Action.RESOLVE, Decision.Action.BULK)
        rows = Decision.objects.filter(made_by=self.reviewer, action__in=kinds, undoes=None)
        rows = rows.select_related("undone_by__made_by").defer("changes")
        return with_pictures(list(rows[: setting("CONTACT_SHEET_AFTER")]), self.reviewer)
