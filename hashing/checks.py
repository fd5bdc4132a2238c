"""System checks: what would go wrong later is said at the start."""

from typing import Any

from django.core import checks

from hashing.conf import SHORT_SIDES, setting
from hashing.decoding import FORMATS


def check_decoding(**_: Any) -> list[checks.CheckMessage]:
    """HASHING["DECODE"] has to be a name that is known."""
    if setting("DECODE") in SHORT_SIDES:
        return []
    return [
        checks.Error(
            f"HASHING['DECODE'] must be one of: {', '.join(map(repr, SHORT_SIDES))}, "
            f"not {setting('DECODE')!r}.",
            hint="Set it to 'default', or leave it out.",
            id="hashing.E003",
        )
    ]


def check_heif(**_: Any) -> list[checks.CheckMessage]:
    """What reads HEIC is installed apart; a site that counts on it wants to know."""
    if not setting("HEIF") or "HEIF" in FORMATS:
        return []
    return [
        checks.Error(
            "HASHING['HEIF'] is set, but HEIC pictures cannot be read.",
            hint="Install what reads them: pip install -r requirements-heif.txt",
            id="hashing.E004",
        )
    ]
