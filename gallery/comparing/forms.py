"""Forms for the query strings of comparisons: the method, the distance and the view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.comparing.hash_methods import Method, method
from gallery.comparing.overlays import GAINS, VIEWS
from gallery.comparing.similarity import MAX_PANEL_DISTANCE
from gallery.web import PlainForm
from hashing.conf import setting


class ComparisonForm(PlainForm):
    """A method and a distance, by default those of the site."""

    by = forms.CharField(required=False, max_length=100, label=_("Method"))
    max_distance = forms.IntegerField(required=False, label=_("Maximum difference (bits)"))

    LIMIT = MAX_PANEL_DISTANCE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max_distance"].error_messages["invalid"] = self._range

    @property
    def _range(self) -> str:
        return f"The distance must be a whole number from 0 to {self.LIMIT}, such as 10."

    def clean_by(self) -> Method:
        try:
            return method(self.cleaned_data["by"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_max_distance(self) -> int:
        distance: int | None = self.cleaned_data["max_distance"]
        if distance is None:
            return int(setting("MAX_DISTANCE"))
        if not 0 <= distance <= self.LIMIT:
            raise forms.ValidationError(self._range)
        return distance


class SideBySideForm(ComparisonForm):
    """How two pictures are shown beside each other."""

    plain = forms.BooleanField(required=False)
    view = forms.ChoiceField(
        required=False,
        choices=VIEWS.items(),
        error_messages={"invalid_choice": f"The view must be one of {', '.join(VIEWS)}."},
    )
    gain = forms.TypedChoiceField(
        required=False,
        choices=[(gain, f"×{gain}") for gain in GAINS],
        coerce=int,
        error_messages={"invalid_choice": f"The gain must be one of {', '.join(map(str, GAINS))}."},
    )

    def clean_view(self) -> str:
        return self.cleaned_data["view"] or "side"

    def clean_gain(self) -> int:
        return self.cleaned_data["gain"] or GAINS[0]
