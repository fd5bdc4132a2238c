"""TODO docstring."""

from __future__ import annotations

from typing import NamedTuple

from hashing.fingerprints.dihedral import Turn


class Alignment(NamedTuple):
    """How one picture sees another that is the same; the fields are those of a match."""

    distance: int
    turn: str
    framing: str
    other_framing: str

    def swapped(self) -> Alignment:
        """Return how the other picture sees this one."""
        inverse = Turn(self.turn).inverse.value
        return Alignment(self.distance, inverse, self.other_framing, self.framing)
