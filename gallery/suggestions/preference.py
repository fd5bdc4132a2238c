"""The preference of the site, and of a reviewer for the present session."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TypeAlias

from gallery.conf import setting
from gallery.suggestions.policy import Preference

# The key of a reviewer's preference in the session.
PREFERENCE = "keep"

Session: TypeAlias = MutableMapping[str, str]


def preference_of(session: Session) -> Preference:
    """Return the preference that the reviewer chose in this session, or the site's."""
    try:
        return Preference.parse(session.get(PREFERENCE) or setting("KEEP"))
    except ValueError:
        return Preference()  # the site's setting is checked at the start


def prefer(session: Session, text: str) -> Preference:
    """Store a preference in the session; raises ValueError if `text` is not a preference."""
    preference = Preference.parse(text)
    session[PREFERENCE] = str(preference)
    return preference
