"""The preference of the site, and of a reviewer for the session."""

from typing import Any

import pytest

from gallery.suggestions.policy import Policy, Preference
from gallery.suggestions.preference import prefer, preference_of


def test_a_reviewer_chooses_for_the_session(settings: Any) -> None:
    settings.GALLERY = {"KEEP": "newest"}
    session: dict[str, str] = {}
    assert preference_of(session) == Preference(Policy.NEWEST)
    prefer(session, "album: Sea")
    assert preference_of(session) == Preference(Policy.ALBUM, "Sea")


def test_nonsense_changes_nothing() -> None:
    session: dict[str, str] = {}
    with pytest.raises(ValueError, match="must be one of"):
        prefer(session, "prettiest")
    assert session == {}


def test_a_preference_of_another_version_gives_way() -> None:
    assert preference_of({"keep": "prettiest"}) == Preference()
