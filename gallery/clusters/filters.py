"""The filters of the duplicates page: the form, and the conditions that they set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time
from typing import Any, TypeAlias

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from gallery.comparing import LARGE_BITS, METHODS
from gallery.matching import ClusterKind, ImageCluster
from gallery.models import Image, Relation
from gallery.people import Visitor

# Conditions for `QuerySet.filter`.
Lookups: TypeAlias = Mapping[str, object]

# Kinds whose clusters are not of copies.
RELATIONS = {ClusterKind.ALTERED.value: Relation.ALTERED, ClusterKind.PART.value: Relation.PARTS}

SORT_LABELS = {
    "bytes": _("Most space to free"),
    "size": _("Most pictures"),
    "tightest": _("Most similar"),
    "newest": _("Newest"),
}


@dataclass(frozen=True)
class ClusterFilters:
    """The filters and the sort order of a list of clusters; None and "" filter nothing."""

    by: str = "phash"
    max_distance: int = 10
    min_size: int = 2
    kind: str = ""
    widest_from: int | None = None
    widest_to: int | None = None
    """Bits of 256 between the representative and the member furthest from it."""
    owner: str = ""
    album: str = ""
    since: date | None = None
    sort: str = "bytes"

    @property
    def query(self) -> str:
        """The filters as the query of an address."""
        return urlencode({n: value for n, value in asdict(self).items() if value not in (None, "")})

    @property
    def relation(self) -> Relation:
        """How the pictures of the clusters are related."""
        return RELATIONS.get(self.kind, Relation.COPIES)

    @property
    def pictures(self) -> list[Lookups]:
        """Conditions on pictures; each must be met by a picture in the cluster."""
        conditions: list[Lookups] = []
        if self.owner:
            conditions.append({"owner__username": self.owner})
        if self.album:
            conditions.append({"albums__name": self.album})
        if self.since:
            midnight = timezone.make_aware(datetime.combine(self.since, time.min))
            conditions.append({"created_at__gte": midnight})
        return conditions

    @property
    def figures(self) -> Lookups:
        """Conditions on the figures of a cluster that the viewer sees."""
        conditions = {
            "shown_kind": self.kind or None,
            # Every cluster has two pictures.
            "shown_size__gte": self.min_size if self.min_size > 2 else None,
            "shown_widest__gte": self.widest_from,
            "shown_widest__lte": self.widest_to,
        }
        return {lookup: value for lookup, value in conditions.items() if value is not None}

    def holding(
        self, clusters: Iterable[ImageCluster], images: QuerySet[Image]
    ) -> list[ImageCluster]:
        """Return the computed clusters that hold such pictures of `images`."""
        kept = list(clusters)
        for lookups in self.pictures:
            keys = set(images.filter(**lookups).values_list("pk", flat=True))
            kept = [cluster for cluster in kept if not keys.isdisjoint(cluster.keys)]
        return kept


DEFAULTS = ClusterFilters()


class ClusterFilterForm(forms.Form):
    """The filters in an address; a missing one has its default."""

    by = forms.ChoiceField(
        label=_("Method"),
        required=False,
        choices=[(name, field.algorithm.label) for name, field in METHODS.items()],
    )
    max_distance = forms.IntegerField(
        label=_("Maximum difference (bits)"), required=False, min_value=0, max_value=16
    )
    min_size = forms.IntegerField(
        label=_("Minimum pictures"), required=False, min_value=2, max_value=1000
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All copies")), *ClusterKind.choices]
    )
    widest_from = forms.IntegerField(
        label=_("Largest distance from"), required=False, min_value=0, max_value=LARGE_BITS
    )
    widest_to = forms.IntegerField(
        label=_("to (bits of 256)"), required=False, min_value=0, max_value=LARGE_BITS
    )
    owner = forms.CharField(label=_("Has a picture by"), required=False, max_length=150)
    album = forms.CharField(label=_("Has a picture in album"), required=False, max_length=150)
    since = forms.DateField(
        label=_("Has a picture uploaded since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=list(SORT_LABELS.items()))

    def __init__(self, query: Mapping[str, str], viewer: Visitor) -> None:
        sent = {name: value for name, value in query.items() if name in self.base_fields}
        super().__init__({**asdict(DEFAULTS), **sent})
        self._viewer = viewer

    def filters(self) -> ClusterFilters:
        """Return the filters, with the default for each that is empty or not valid."""
        self.is_valid()
        values: dict[str, Any] = {
            field.name: value
            for field in fields(ClusterFilters)
            if (value := self.cleaned_data.get(field.name)) not in (None, "")
        }
        return ClusterFilters(**values)

    def clean_owner(self) -> str:
        name: str = self.cleaned_data["owner"]
        self._require_picture({"owner__username": name} if name else {}, f"by “{name}”")
        return name

    def clean_album(self) -> str:
        name: str = self.cleaned_data["album"]
        self._require_picture({"albums__name": name} if name else {}, f"in an album “{name}”")
        return name

    def _require_picture(self, lookups: Lookups, description: str) -> None:
        """Refuse a name that no visible picture has; hidden pictures count as missing."""
        if lookups and not Image.objects.visible_to(self._viewer).filter(**lookups).exists():
            raise forms.ValidationError(f"You have access to no picture {description}.")

    def clean(self) -> None:
        first, last = (self.cleaned_data.get(name) for name in ("widest_from", "widest_to"))
        if first is not None and last is not None and first > last:
            self.add_error("widest_to", "The range ends before it begins. Swap the two numbers.")
        elif self.cleaned_data.get("kind") == ClusterKind.NEAR and {first, last} != {None}:
            self.add_error(
                "widest_to", "For similar pictures, use “Maximum difference (bits)” instead."
            )
