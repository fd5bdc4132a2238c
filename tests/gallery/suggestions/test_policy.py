"""Policies and preferences as text."""

import pytest
from django.test import override_settings

from gallery.checks import check_preference
from gallery.suggestions.policy import Preference


@pytest.mark.parametrize("text", ["", "prettiest", "album", "album: ", "owner:"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"one of|Name the"):
        Preference.parse(text)


@pytest.mark.parametrize("text", ["best", "album:Summer: 2024", "owner:ann"])
def test_there_and_back(text: str) -> None:
    assert str(Preference.parse(text)) == text


def test_setting_is_checked() -> None:
    assert check_preference() == []
    with override_settings(GALLERY={"KEEP": "prettiest"}):
        (error,) = check_preference()
    assert "must be one of 'best', 'smallest'" in error.msg
