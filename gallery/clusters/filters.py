"""What the list of duplicate clusters is narrowed by: the form, and what it asks of pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone

from gallery.comparing import LARGE_BITS, METHODS
from gallery.matching import ClusterKind, ImageCluster
from gallery.models import Image

ORDER_LABELS = {
    "bytes": "Most bytes to free",
    "size": "Most pictures",
    "tightest": "Most alike",
    "newest": "Newest",
}


class ClusterFilterForm(forms.Form):
    """Which clusters are shown; every field has a default, so no query is a query too."""

    by = forms.ChoiceField(
        label="Method",
        required=False,
        initial="phash",
        choices=[(name, field.algorithm.label) for name, field in METHODS.items()],
    )
    max_distance = forms.IntegerField(
        label="Bits apart at most", required=False, initial=10, min_value=0, max_value=16
    )
    min_size = forms.IntegerField(
        label="Pictures at least", required=False, initial=2, min_value=2, max_value=1000
    )
    kind = forms.ChoiceField(
        label="Kind", required=False, choices=[("", "All that are the same"), *ClusterKind.choices]
    )
    widest_from = forms.IntegerField(
        label="Widest distance from", required=False, min_value=0, max_value=LARGE_BITS
    )
    widest_to = forms.IntegerField(
        label="to, in bits of 256", required=False, min_value=0, max_value=LARGE_BITS
    )
    owner = forms.CharField(label="With a picture of", required=False, max_length=150)
    album = forms.CharField(label="In album", required=False, max_length=150)
    since = forms.DateField(
        label="Uploaded since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )
    sort = forms.ChoiceField(
        label="First", required=False, initial="bytes", choices=list(ORDER_LABELS.items())
    )

    def __init__(self, *args: Any, viewer: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._viewer = viewer

    def clean_owner(self) -> str:
        name = self.cleaned_data["owner"]
        return self._known(name, {"owner__username": name}, "belongs to")

    def clean_album(self) -> str:
        name = self.cleaned_data["album"]
        return self._known(name, {"albums__name": name}, "is in an album called")

    def _known(self, name: str, asked: dict[str, str], relation: str) -> str:
        """Return `name`; what the viewer may not see is answered like what does not exist."""
        if name and not Image.objects.visible_to(self._viewer).filter(**asked).exists():
            raise forms.ValidationError(f"No picture that you may see {relation} “{name}”.")
        return name

    def clean(self) -> None:
        first, last = (self.cleaned_data.get(name) for name in ("widest_from", "widest_to"))
        if first is not None and last is not None and first > last:
            self.add_error("widest_to", "The range ends before it begins; swap the two numbers.")
        elif self.cleaned_data.get("kind") == ClusterKind.NEAR and {first, last} != {None}:
            told = "For similar pictures set “Bits apart at most” instead."
            self.add_error("widest_to", told)

    def completed(self) -> ClusterFilterForm:
        """Return this form with its defaults filled in, and its complaints."""
        defaults = {name: field.initial for name, field in self.fields.items()}
        sent = {name: value for name, value in self.data.items() if name in self.fields}
        form = ClusterFilterForm({**defaults, **sent}, viewer=self._viewer)
        form._errors = self._errors
        return form

    def values(self) -> dict[str, Any]:
        """Return what was asked for, with the default wherever nothing was, or nothing valid."""
        self.is_valid()
        return {
            name: field.initial if (value := self.cleaned_data.get(name)) in (None, "") else value
            for name, field in self.fields.items()
        }


@dataclass(frozen=True)
class Narrowing:
    """What clusters are asked for beside kind and size; None and "" ask nothing."""

    widest_from: int | None = None
    widest_to: int | None = None
    """Bits of 256 between the representative and the member furthest from it."""
    owner: str = ""
    album: str = ""
    since: date | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Narrowing:
        """Take what is asked out of the values of a ClusterFilterForm."""
        owner, album = values["owner"] or "", values["album"] or ""
        return cls(values["widest_from"], values["widest_to"], owner, album, values["since"])

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """Lookups on images, for each of which a cluster must hold a picture."""
        asked: list[dict[str, Any]] = []
        if self.owner:
            asked.append({"owner__username": self.owner})
        if self.album:
            asked.append({"albums__name": self.album})
        if self.since:
            midnight = timezone.make_aware(datetime.combine(self.since, time.min))
            asked.append({"created_at__gte": midnight})
        return asked

    @property
    def widest(self) -> dict[str, int]:
        """Lookups on the widest distance that the viewer sees."""
        ends = {"shown_widest__gte": self.widest_from, "shown_widest__lte": self.widest_to}
        return {lookup: end for lookup, end in ends.items() if end is not None}

    def held(self, found: Iterable[ImageCluster], images: QuerySet[Image]) -> list[ImageCluster]:
        """Return the computed clusters that hold such pictures of `images`."""
        kept = list(found)
        for asked in self.pictures:
            keys = set(images.filter(**asked).values_list("pk", flat=True))
            kept = [cluster for cluster in kept if not keys.isdisjoint(cluster.keys)]
        return kept
