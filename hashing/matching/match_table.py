"""Matches: one as pages tell it, and many in columns, of which each pair keeps the plainest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hashing.fingerprints import Alignment, Framing, Turn

FRAMINGS, TURNS = tuple(Framing), tuple(Turn)

Keys = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]  # places in TURNS or FRAMINGS, or distances

# A picture that is all but symmetric is not called mirrored for the sake of fewer bits than this,
# nor is one in a frame compared with the inside of another.
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
    """Matches among many pictures, one place of each array a match; `first` sees `second` so."""

    first: Keys
    second: Keys
    distance: Codes
    turn: Codes
    framing: Codes
    other_framing: Codes

    @classmethod
    def joined(cls, tables: Iterable[MatchTable]) -> MatchTable:
        """Put tables one behind the other, and keep the best match of each pair."""
        kinds = (np.int64, np.int64, np.uint8, np.uint8, np.uint8, np.uint8)
        empty = MatchTable(*(np.empty(0, dtype=kind) for kind in kinds))
        columns = zip(*(vars(table).values() for table in (empty, *tables)), strict=True)
        return MatchTable(*map(np.concatenate, columns)).best()

    def best(self) -> MatchTable:
        """Return one match of each pair, by pairs: the nearest, and of near ones the plainest."""
        order = np.lexsort((self._rank, self.second, self.first))
        first, second = self.first[order], self.second[order]
        is_new = np.ones(len(order), dtype=bool)
        is_new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
        return self.at(order[is_new])

    @property
    def _rank(self) -> npt.NDArray[np.int64]:
        dressed = (self.turn > 0).astype(np.int64) + (self.framing != self.other_framing)
        # What is left to tell apart is told apart, so that the order of input decides nothing.
        framings = self.framing.astype(np.int64) * len(FRAMINGS) + self.other_framing
        ways = len(FRAMINGS) ** 2 * len(TURNS)
        return (self.distance + SLACK * dressed) * ways + framings * len(TURNS) + self.turn

    def at(self, places: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> MatchTable:
        """Return the matches at `places`, or where a mask is true."""
        return MatchTable(*(column[places] for column in vars(self).values()))

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
        """Yield the first key and the match that is its second."""
        columns = (column.tolist() for column in vars(self).values())
        for first, second, distance, turn, framing, other in zip(*columns, strict=True):
            alignment = Alignment(distance, TURNS[turn], FRAMINGS[framing], FRAMINGS[other])
            yield first, Match(second, alignment)


_INVERSES = np.array([TURNS.index(turn.inverse) for turn in TURNS], dtype=np.uint8)
