"""Matches: a single one, and a table of many with the best match of each pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.fingerprints import Alignment, Framing, Turn
from hashing.search import Keys

FRAMINGS, TURNS = tuple(Framing), tuple(Turn)

Codes = npt.NDArray[np.uint8]
"""Positions in TURNS or FRAMINGS, or distances in bits, shape (n,)."""

# Bits by which an alignment has to be nearer than a plainer one to be preferred. Without them a
# nearly symmetric picture would be called mirrored, and a picture in a frame would be compared
# with the inside of another frame.
SLACK = 8


@dataclass(frozen=True)
class Match:
    """
    Another picture, by its `key`, that is the same as the subject.

    `alignment` says how the subject has to be turned and cut to become it.
    """

    key: int
    alignment: Alignment

    def swapped(self, key: int) -> Match:
        """Return the same match from the other picture's side; `key` is that of the subject."""
        return Match(key, self.alignment.swapped())


@dataclass(frozen=True)
class MatchTable:
    """
    Matches among many pictures in columns, shape (n,) each.

    The other columns hold the alignment of the picture `first` to the picture `second`.
    """

    first: Keys
    second: Keys
    distance: Codes
    turn: Codes
    framing: Codes
    other_framing: Codes

    @classmethod
    def joined(cls, tables: Iterable[MatchTable]) -> MatchTable:
        """Return the best match of each pair in any of `tables`."""
        nothing, codes = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
        empty = MatchTable(nothing, nothing, codes, codes, codes, codes)
        columns = zip(*(vars(table).values() for table in (empty, *tables)), strict=True)
        return MatchTable(*map(np.concatenate, columns)).best()

    def best(self) -> MatchTable:
        """
        Return one match of each pair, ordered by pairs.

        It is the nearest one; a plainer alignment is preferred if it is less than `SLACK` bits
        further.
        """
        order = np.lexsort((self._rank, self.second, self.first))
        first, second = self.first[order], self.second[order]
        is_new = np.ones(len(order), dtype=bool)
        is_new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
        return self.at(order[is_new])

    @property
    def _rank(self) -> npt.NDArray[np.int64]:
        """A number for each match, the lower the better; never equal for two alignments."""
        dressings = (self.turn > 0).astype(np.int64) + (self.framing != self.other_framing)
        framings = self.framing.astype(np.int64) * len(FRAMINGS) + self.other_framing
        dressing = framings * len(TURNS) + self.turn
        distance: npt.NDArray[np.int64] = self.distance + SLACK * dressings
        return distance * (len(FRAMINGS) ** 2 * len(TURNS)) + dressing

    def at(self, positions: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> MatchTable:
        """Return the matches at `positions`, or where a mask is true."""
        return MatchTable(*(column[positions] for column in vars(self).values()))

    def ordered(self) -> MatchTable:
        """Return the same matches with the smaller key first in each."""
        backwards = self.first > self.second
        return MatchTable(
            np.minimum(self.first, self.second),
            np.maximum(self.first, self.second),
            self.distance,
            np.where(backwards, _INVERSES[self.turn], self.turn),
            np.where(backwards, self.other_framing, self.framing),
            np.where(backwards, self.framing, self.other_framing),
        )

    def __len__(self) -> int:
        return len(self.first)

    def __iter__(self) -> Iterator[tuple[int, Match]]:
        """Yield each first key with the match of its picture."""
        columns = (column.tolist() for column in vars(self).values())
        for first, second, distance, turn, framing, other in zip(*columns, strict=True):
            alignment = Alignment(distance, TURNS[turn], FRAMINGS[framing], FRAMINGS[other])
            yield first, Match(second, alignment)


_INVERSES = np.array([TURNS.index(turn.inverse) for turn in TURNS], dtype=np.uint8)
