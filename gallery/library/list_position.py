"""The list that a picture was opened from, and the pictures before and after it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from django.db.models import Case, Q, QuerySet, Subquery, When

from gallery.library.forms import SourceListForm
from gallery.library.listings import ORDERS
from gallery.models import Image
from gallery.querysets import ImageQuerySet
from gallery.web import SortOrder, SortValue

# What a link to a picture needs: its address, title and rendition.
LINK_FIELDS = ("public_id", "title", "original_name", "created_at", "sha256", "width", "height")


@dataclass(frozen=True)
class SourceList:
    """A list of pictures by its tag, album, search text and order; by default all pictures."""

    tag: str = ""
    album: str = ""
    q: str = ""
    sort: str = "newest"

    @classmethod
    def read(cls, text: str) -> SourceList:
        """Return the list that `query` wrote as `text`; the default list if it is malformed."""
        fields = SourceListForm.base_fields
        try:
            form = SourceListForm(dict(parse_qsl(text, max_num_fields=len(fields))))
        except ValueError:
            return cls()
        return cls(**form.given) if form.is_valid() else cls()

    @property
    def query(self) -> str:
        """The query string that names this list in a picture's address; "" for the default."""
        default = asdict(SourceList())
        parts = {name: value for name, value in asdict(self).items() if value != default[name]}
        return f"?{urlencode({'from': urlencode(parts)})}" if parts else ""

    @property
    def order(self) -> SortOrder:
        return ORDERS[self.sort]

    def annotated(self, pictures: ImageQuerySet) -> ImageQuerySet:
        """Return `pictures` with the annotations that this list is sorted by."""
        annotated: ImageQuerySet = pictures.annotate(**self.order.annotations or {})
        return annotated

    def neighbours(self, visible: ImageQuerySet, image: Image) -> dict[str, Image]:
        """
        Return the pictures `previous` and `next` to `image` in this list, where there are any.

        `visible` is what the visitor has access to; `image` comes from `annotated`.
        """
        position = self.order.position_of(image)
        listed = self.annotated(self._pictures(visible).select_related(None))
        keys = [
            _first_beyond(listed, order, position) for order in (self.order, self.order.reversed())
        ]
        # The database compares, because it may sort letters by other rules than Python.
        follows = Case(When(self.order.beyond(position), then=True), default=False)
        pair: QuerySet[Image] = self.annotated(Image.objects.filter(Q(pk=keys[0]) | Q(pk=keys[1])))
        return {
            "next" if neighbour.follows else "previous": neighbour
            for neighbour in pair.annotate(follows=follows).only(*LINK_FIELDS)
        }

    def _pictures(self, visible: ImageQuerySet) -> ImageQuerySet:
        if self.tag:
            visible = visible.filter(tags__slug=self.tag)
        if self.album:
            visible = visible.filter(albums__slug=self.album)
        return visible.matching(self.q)


def _first_beyond(
    listed: ImageQuerySet, order: SortOrder, position: Sequence[SortValue]
) -> Subquery:
    """Return the key of the first picture after `position` in `order`."""
    beyond = listed.filter(order.beyond(position))
    return Subquery(beyond.order_by(*order.keys).values("pk")[:1])
