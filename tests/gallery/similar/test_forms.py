"""What the search form accepts."""

import pytest

from gallery.similar.forms import SearchForm
from hashing.fingerprints.perceptual_hash import PerceptualHash


class TestSearchForm:
    def test_hash_in_hex(self) -> None:
        form = SearchForm({"hash": " 81D07fffe0611a85 "})
        assert form.is_valid()
        assert form.cleaned_data["subject"].hashes == {
            "phash": PerceptualHash.from_hex("81d07fffe0611a85")
        }

    def test_hash_in_bits(self) -> None:
        form = SearchForm({"hash": "01" * 32, "by": "dhash"})
        assert form.is_valid()
        assert form.cleaned_data["subject"].hashes["dhash"].bits == "01" * 32

    def test_sum(self) -> None:
        form = SearchForm({"hash": "0" * 16 + "+" + "0" * 11, "by": "ahash+colorhash"})
        assert form.is_valid()
        assert set(form.cleaned_data["subject"].hashes) == {"ahash", "colorhash"}

    @pytest.mark.parametrize(
        ("data", "complaint"),
        [
            ({}, "nothing to search by"),
            ({"hash": "81d0"}, "A hash of 64 bits has 16 hex digits"),
            ({"hash": "z" * 16}, "digits 0-9 and a-f only"),
            ({"hash": "f" * 16, "by": "ahash+colorhash"}, "compares 2 hashes, not 1"),
            ({"hash": "f" * 11, "by": "colorhash"}, "42"),
            ({"hash": "0" * 11, "by": "colorhash", "max_distance": "50"}, "from 0 to 42"),
            ({"hash": "f" * 16, "max_distance": "65"}, "from 0 to 64"),
        ],
    )
    def test_complaints(self, data: dict[str, str], complaint: str) -> None:
        assert complaint in SearchForm(data).error_text
