"""A list of pictures as an address describes it: which words, in which order, how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce, Lower

from gallery.querysets import ImageQuerySet
from gallery.web import Order

ORDERS = {
    "newest": Order(("-created_at", "-id")),
    "oldest": Order(("created_at", "id")),
    "largest": Order(("-pixels", "-id"), {"pixels": Coalesce(F("width") * F("height"), Value(0))}),
    "title": Order(
        ("untitled", "lower_title", "id"),
        {
            "untitled": Case(When(title="", then=Value(1)), default=Value(0)),
            "lower_title": Lower("title"),
        },
    ),
}
SORTS = [(name, name.capitalize()) for name in ORDERS]
SIZES = [("s", "Small"), ("m", "Medium"), ("l", "Large")]


@dataclass(frozen=True)
class Listing:
    """
    What the visitor asked of a list; all of it stands in the address.

    `parts` is the number of pages that are shown as one, to who comes back to a list that had
    grown.
    """

    MOST_PARTS: ClassVar = 10

    q: str = ""
    sort: str = "newest"
    size: str = "m"
    after: str = ""
    before: str = ""
    parts: int = 1

    @property
    def words(self) -> list[str]:
        return list(dict.fromkeys(self.q.split()))

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def sort_label(self) -> str:
        return dict(SORTS)[self.sort]

    def without(self, word: str) -> str:
        """Return the search text without one of its words."""
        return " ".join(other for other in self.words if other != word)

    def chips(self) -> list[tuple[str, str]]:
        """Return each word that narrows the list, with the text that is left without it."""
        return [(word, self.without(word)) for word in self.words]

    def of(self, pictures: ImageQuerySet) -> ImageQuerySet:
        return pictures.matching(self.q)
