"""What the form accepts that compares by a method within a distance."""

import pytest

from gallery.comparing.forms import ComparisonForm
from gallery.comparing.hash_methods import method


class TestComparisonForm:
    def test_defaults(self) -> None:
        form = ComparisonForm({})
        assert form.is_valid()
        assert form.cleaned_data == {"by": method("phash"), "max_distance": 10}

    @pytest.mark.parametrize("distance", ["abc", "-1", "33", "1.5", "99"])
    def test_bad_distance(self, distance: str) -> None:
        form = ComparisonForm({"max_distance": distance})
        assert form.error_text == "The distance must be a whole number from 0 to 32, such as 10."

    def test_unescaped_plus(self) -> None:
        form = ComparisonForm({"by": "ahash colorhash"})
        assert form.is_valid()
        assert form.cleaned_data["by"].name == "ahash+colorhash"
        assert form.cleaned_data["by"].width == 106

    def test_unknown_method(self) -> None:
        form = ComparisonForm({"by": "md5"})
        assert form.error_text.startswith("“md5” is not a method. Choose one of phash, dhash,")
