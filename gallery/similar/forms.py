"""TODO docstring."""

from __future__ import annotations

from typing import Any

from django import forms

from gallery.comparing import ComparisonForm, Method
from hashing.fingerprints import Fingerprint


class NeighbourhoodForm(ComparisonForm):
    """What the panel of similar pictures is asked for."""

    all = forms.BooleanField(required=False)


class SearchForm(ComparisonForm):
    """A picture or a hash to search by; the hash as hex digits or as bits."""

    LIMIT = 64

    hash = forms.CharField(required=False, max_length=200, label="Hash")
    file = forms.FileField(required=False, allow_empty_file=True, max_length=None, label="Picture")

    @property
    def is_asked(self) -> bool:
        return bool(self.data.get("hash") or self.files)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("file") and not cleaned.get("hash") and "hash" not in self.errors:
            raise forms.ValidationError(
                "There is nothing to search by. Choose a picture, or give a hash in hex."
            )
        method, distance = cleaned.get("by"), cleaned.get("max_distance")
        if method and distance and distance > method.width:
            self.add_error(
                "max_distance",
                f"{method.label} hashes have {method.width} bits, so the distance must be "
                f"from 0 to {method.width}.",
            )
        if method and cleaned.get("hash") and not cleaned.get("file"):
            cleaned["subject"] = self._subject(method, cleaned["hash"])
        return cleaned

    def _subject(self, method: Method, text: str) -> Fingerprint | None:
        try:
            return method.parse(text)
        except ValueError as error:
            self.add_error("hash", str(error))
            return None
