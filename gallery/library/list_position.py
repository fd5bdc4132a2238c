"""Where a visitor came to a picture from: a list, which goes on before and after the picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from django.db.models import Case, Q, Subquery, When

from gallery.library.forms import OriginForm
from gallery.library.listings import ORDERS
from gallery.models import Image
from gallery.querysets import ImageQuerySet
from gallery.web import Order


@dataclass(frozen=True)
class Origin:
    """A list by the slugs of its tag and album, its words and its order; else all there is."""

    tag: str = ""
    album: str = ""
    q: str = ""
    sort: str = "newest"

    @classmethod
    def read(cls, text: str) -> Origin:
        """Return the origin that `query` wrote down as `text`; of anything else the default."""
        try:
            form = OriginForm(dict(parse_qsl(text, max_num_fields=len(OriginForm.base_fields))))
        except ValueError:
            return cls()
        return cls(**form.told) if form.is_valid() else cls()

    @property
    def query(self) -> str:
        """Return the end of a picture's address that names this list; of the default none."""
        default = asdict(Origin())
        parts = {name: value for name, value in asdict(self).items() if value != default[name]}
        return f"?{urlencode({'from': urlencode(parts)})}" if parts else ""

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    def annotated(self, pictures: ImageQuerySet) -> ImageQuerySet:
        """Return `pictures`, each with what it is sorted by here."""
        return pictures.annotate(**self.order.annotations or {})

    def beside(self, visible: ImageQuerySet, image: Image) -> dict[str, Image]:
        """
        Return the pictures that come `previous` and `next` to `image`, as far as there are any.

        `visible` is what the visitor may see, `image` one that `annotated` gave.
        """
        here = [getattr(image, name) for name in self.order.names]
        listed = self.annotated(self._of(visible).select_related(None))
        keys = [_first(listed, order, here) for order in (self.order, self.order.reversed())]
        # Asked of the database too, which may sort letters by other rules than Python.
        follows = Case(When(self.order.beyond(here), then=True), default=False)
        found = self.annotated(Image.objects.filter(Q(pk=keys[0]) | Q(pk=keys[1])))
        found = found.annotate(follows=follows).only(*SHOWN)
        return {"next" if other.follows else "previous": other for other in found}

    def _of(self, pictures: ImageQuerySet) -> ImageQuerySet:
        for shelf in ("tag", "album"):
            if slug := getattr(self, shelf):
                pictures = pictures.filter(**{f"{shelf}s__slug": slug})
        return pictures.matching(self.q)


# What a link to a picture needs, and the address of what it shows.
SHOWN = ("public_id", "title", "original_name", "created_at", "sha256", "width", "height")


def _first(listed: ImageQuerySet, order: Order, here: list) -> Subquery:
    """Return the key of the picture that follows the place `here` in `order`."""
    beyond = listed.filter(order.beyond(here))
    return Subquery(beyond.order_by(*order.keys).values("pk")[:1])
