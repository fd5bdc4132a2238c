"""How one picture relates to another one that is the same picture."""

from __future__ import annotations

from typing import NamedTuple

from hashing.fingerprints.dihedral import Turn
from hashing.fingerprints.framings import Framing


class Alignment(NamedTuple):
    """
    How a picture has to be turned and cut to become another one.

    Once the first picture is turned by `turn` and cut as `framing` says, and the other is cut as
    `other_framing` says, their fine hashes differ in `distance` of 256 bits.
    """

    distance: int
    turn: Turn = Turn.UPRIGHT
    framing: Framing = Framing.WHOLE
    other_framing: Framing = Framing.WHOLE

    @classmethod
    def of(cls, distance: int, turn: str, framing: str, other_framing: str) -> Alignment:
        """
        Return the alignment stored as these plain values, in the order of the fields.

        >>> Alignment.of(6, "left", "whole", "unframed").swapped().turn
        <Turn.RIGHT: 'right'>
        """
        return cls(distance, Turn(turn), Framing(framing), Framing(other_framing))

    @property
    def is_plain(self) -> bool:
        """Whether neither picture has to be turned or cut."""
        return self[1:] == (Turn.UPRIGHT, Framing.WHOLE, Framing.WHOLE)

    def swapped(self) -> Alignment:
        """Return the alignment of the other picture to this one."""
        return Alignment(self.distance, self.turn.inverse, self.other_framing, self.framing)
