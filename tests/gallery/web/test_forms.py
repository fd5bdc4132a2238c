"""Lists of names in one text field."""

import pytest
from django.core.exceptions import ValidationError

from gallery.web.forms import NameList, name_list


class TestNameList:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", ()),
            ("sea", ("sea",)),
            (" sea ,  the  beach ,, sea", ("sea", "the beach")),
            ('"Bonn, Berlin", night', ("Bonn, Berlin", "night")),
            ("sea\nbeach", ("sea beach",)),
        ],
    )
    def test_reads(self, text: str, names: tuple[str, ...]) -> None:
        assert NameList().clean(text) == names

    @pytest.mark.parametrize("names", [["a"], ["a", "b c"], ["a, b", "c"], ['say "x"', "y"]])
    def test_round_trip(self, names: list[str]) -> None:
        assert NameList().clean(name_list(names)) == tuple(names)

    def test_unclosed_quotation(self) -> None:
        with pytest.raises(ValidationError, match="quotation mark"):
            NameList().clean('"sea, beach')

    def test_long_name(self) -> None:
        with pytest.raises(ValidationError, match="longer than 100 characters"):
            NameList().clean("x" * 101)
