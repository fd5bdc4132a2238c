"""Forms for uploads and lookups."""

from __future__ import annotations

from django import forms

from gallery.models import Image
from gallery.uploads.details import Details
from gallery.web import NameList, PlainForm

# Copies of one file that a person can have.
MOST_COPIES = 20
COPIES_RANGE = f"The number of known copies must be a whole number from 0 to {MOST_COPIES}."


class LookupForm(PlainForm):
    """The digest of a file to look up."""

    sha256 = forms.RegexField(
        "^[0-9a-fA-F]{64}$",
        error_messages=dict.fromkeys(
            ("required", "invalid"),
            "Send the SHA-256 digest of a file as “sha256”: 64 hex digits.",
        ),
    )

    def clean_sha256(self) -> str:
        digest: str = self.cleaned_data["sha256"]
        return digest.lower()


class UploadForm(PlainForm):
    """Settings that apply to all files of one upload."""

    visibility = forms.ChoiceField(
        required=False,
        choices=Image.Visibility.choices,
        error_messages={"invalid_choice": "The visibility must be “public” or “private”."},
    )
    album = forms.CharField(required=False, max_length=100)
    tags = NameList()
    known_copies = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_COPIES,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), COPIES_RANGE),
    )

    def details(self) -> Details:
        """Return the details for each picture of a valid form."""
        cleaned = self.cleaned_data
        return Details(
            visibility=cleaned["visibility"] or Image.Visibility.PUBLIC,
            tags=cleaned["tags"],
            albums=tuple(filter(None, [cleaned["album"]])),
        )
