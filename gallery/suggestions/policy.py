"""What a site or a reviewer prefers to keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Policy(StrEnum):
    """What matters most about a copy."""

    BEST = "best"
    SMALLEST = "smallest"
    OLDEST = "oldest"
    NEWEST = "newest"
    ALBUM = "album"
    OWNER = "owner"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def is_named(self) -> bool:
        """Whether it needs the name of an album or of an owner."""
        return self in (Policy.ALBUM, Policy.OWNER)


LABELS = {
    Policy.BEST: "Best quality",
    Policy.SMALLEST: "Smallest file",
    Policy.OLDEST: "Oldest upload",
    Policy.NEWEST: "Newest upload",
    Policy.ALBUM: "In the album …",
    Policy.OWNER: "Belonging to …",
}


@dataclass(frozen=True)
class Preference:
    """A policy, with the name of the album or owner that it prefers."""

    policy: Policy = Policy.BEST
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Preference:
        """
        Return the preference written as "best" or "album:Holidays".

        Raises ValueError, which lists the possible values, if `text` is not a preference.
        """
        word, _, name = text.partition(":")
        try:
            policy = Policy(word.strip())
        except ValueError:
            known = ", ".join(repr(policy.value) for policy in Policy)
            raise ValueError(f"The copy to keep must be one of {known}, not {word!r}.") from None
        if policy.is_named and not name.strip():
            raise ValueError(f"Name the {policy} to prefer.")
        return cls(policy, name.strip() if policy.is_named else "")

    def __str__(self) -> str:
        return f"{self.policy}:{self.name}" if self.name else str(self.policy)
