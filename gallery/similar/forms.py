"""Forms for the query strings of the panel of similar pictures and of the search page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.comparing import ComparisonForm, Method
from hashing.fingerprints import Fingerprint


class SimilarPanelForm(ComparisonForm):
    """What the panel of similar pictures shows; with `all` the script filters the cards itself."""

    all = forms.BooleanField(required=False)


class SearchForm(ComparisonForm):
    """A picture or a hash to search by; the hash as hex digits or as bits."""

    LIMIT = 64

    hash = forms.CharField(required=False, max_length=200, label=_("Hash"))
    file = forms.FileField(
        required=False, allow_empty_file=True, max_length=None, label=_("Picture")
    )

    @property
    def is_asked(self) -> bool:
        """Whether there is a picture or a hash to search by."""
        return bool(self.data.get("hash") or self.files)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text, file, method = (cleaned.get(name) for name in ("hash", "file", "by"))
        if not file and not text and "hash" not in self.errors:
            raise forms.ValidationError(
                "There is nothing to search by. Choose a picture, or give a hash in hex."
            )
        if method:
            self._check_distance(method, cleaned.get("max_distance"))
        if method and text and not file:
            cleaned["subject"] = self._hashes(method, text)
        return cleaned

    def _check_distance(self, method: Method, distance: int | None) -> None:
        if distance and distance > method.width:
            self.add_error(
                "max_distance",
                f"{method.label} hashes have {method.width} bits, so the distance must be "
                f"from 0 to {method.width}.",
            )

    def _hashes(self, method: Method, text: str) -> Fingerprint | None:
        try:
            return method.parse(text)
        except ValueError as error:
            self.add_error("hash", str(error))
            return None
