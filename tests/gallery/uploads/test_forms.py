"""What the upload and lookup forms accept."""

import pytest

from gallery.uploads.details import Details
from gallery.uploads.forms import LookupForm, UploadForm


class TestUploadForm:
    def test_details(self) -> None:
        form = UploadForm({"visibility": "private", "album": "Sea", "tags": "a, b"})
        assert form.is_valid()
        assert form.details() == Details(visibility="private", albums=("Sea",), tags=("a", "b"))

    def test_empty(self) -> None:
        form = UploadForm({})
        assert form.is_valid()
        assert form.details() == Details(visibility="public")

    def test_unknown_visibility(self) -> None:
        complaint = UploadForm({"visibility": "secret"}).error_text
        assert complaint == "The visibility must be “public” or “private”."

    @pytest.mark.parametrize("number", ["-1", "21", "x"])
    def test_number_of_known_copies(self, number: str) -> None:
        complaint = UploadForm({"known_copies": number}).error_text
        assert complaint == "The number of known copies must be a whole number from 0 to 20."


class TestLookupForm:
    def test_digest_in_small_letters(self) -> None:
        form = LookupForm({"sha256": "AB" * 32})
        assert form.is_valid()
        assert form.cleaned_data["sha256"] == "ab" * 32

    @pytest.mark.parametrize("digest", ["", "ab", "g" * 64])
    def test_bad_digest(self, digest: str) -> None:
        assert "64 hex digits" in LookupForm({"sha256": digest}).error_text
