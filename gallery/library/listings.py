"""A list of pictures as its address describes it: search words, sort order and picture size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from gallery.querysets import ImageQuerySet
from gallery.web import SortOrder

ORDERS = {
    "newest": SortOrder(("-created_at", "-id")),
    "oldest": SortOrder(("created_at", "id")),
    "largest": SortOrder(
        ("-pixels", "-id"), {"pixels": Coalesce(F("width") * F("height"), Value(0))}
    ),
    "title": SortOrder(
        ("untitled", "lower_title", "id"),
        {
            "untitled": Case(When(title="", then=Value(1)), default=Value(0)),
            "lower_title": Lower("title"),
        },
    ),
}
SORTS = [
    ("newest", _("Newest")),
    ("oldest", _("Oldest")),
    ("largest", _("Largest")),
    ("title", _("Title")),
]
SIZES = [("s", _("Small")), ("m", _("Medium")), ("l", _("Large"))]


@dataclass(frozen=True)
class Listing:
    """
    What a visitor asked of a list; all of it is in the address.

    `parts` is the number of pages shown as one, for a visitor who comes back to a list after
    scrolling through several.
    """

    MAX_PARTS: ClassVar = 10

    q: str = ""
    sort: str = "newest"
    size: str = "m"
    after: str = ""
    before: str = ""
    parts: int = 1

    @property
    def words(self) -> list[str]:
        """The search words, each once."""
        return list(dict.fromkeys(self.q.split()))

    @property
    def order(self) -> SortOrder:
        return ORDERS[self.sort]

    @property
    def sort_label(self) -> str:
        return str(dict(SORTS)[self.sort])

    def without(self, word: str) -> str:
        """Return the search text without one of its words."""
        return " ".join(other for other in self.words if other != word)

    def chips(self) -> list[tuple[str, str]]:
        """Return each search word, with the search text that remains without it."""
        return [(word, self.without(word)) for word in self.words]

    def matching(self, pictures: ImageQuerySet) -> ImageQuerySet:
        """Return the `pictures` that match the search words."""
        return pictures.matching(self.q)
