"""Keys of rows in addresses and forms: whatever is none is told from them."""

import pytest

from gallery.web.row_keys import parse_key


@pytest.mark.parametrize(("text", "key"), [("0", 0), ("17", 17), ("9" * 18, 10**18 - 1)])
def test_keys(text: str, key: int) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "x", "²", "٣", "9" * 19, "9" * 5000])
def test_what_is_none(text: str) -> None:
    assert parse_key(text) is None
