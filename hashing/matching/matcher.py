"""
The same picture, however it was dressed: candidates by small hashes, confirmed by large ones.

The newcomer's small hash, in all eight turns and framings, is looked up among the small hashes of
all framings. That finds nearly every copy, and other pictures too; what is kept is as near by
the large hash, turned and framed in the same way. Where hashes say too little a guard is needed:
pages of text share their layout, so they match by a tighter distance, and pictures that are
flat are left out by whoever brings the rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from hashing.fingerprints import Bytes, Framing, Turn, in_all_turns, turned_bytes
from hashing.matching.match_table import FRAMINGS, TURNS, Codes, Match, MatchTable
from hashing.search import HammingIndex, Hashes, Keys, cross_portions

# Bits of 64 within which pictures are candidates, bits of 256 within which they are the same
# picture; measured with benchmarks/matching.py.
CANDIDATE_DISTANCE = 14
MATCH_DISTANCE = 77
# … and within which pages of text are.
PAGE_DISTANCE = 32
# … and within which two pictures that both stand in bars have to agree inside them too.
INSIDE_DISTANCE = 84
# Pictures that were taken at different times, but within so many seconds, are of one burst: no
# hash tells a camera that moved a little from a crop. Times further apart say less: a scan or a
# wrong clock gives a copy another date.
BURST_SECONDS = 15 * 60
SMALL_BYTES, LARGE_BYTES = 8, 32
Places = npt.NDArray[np.int64]
# Key, whether it is a page, when it was taken in seconds, and the large hashes by framing.
StoredRow = tuple[int, bool, int | None, Mapping[Framing, bytes | None]]


@dataclass(frozen=True)
class Subject:
    """The picture that is looked for: its hashes of 64 and of 256 bits in each framing it has."""

    hashes: Mapping[Framing, int]
    large: Mapping[Framing, int]
    is_page: bool = False
    taken_at: int | None = None


@dataclass(frozen=True)
class Stored:
    """
    What confirmation needs of some pictures: `keys`, shape (n,), ascending, and in their order
    the large hashes of each framing, shape (n, 32), zero where there is none, `is_page`, and
    `taken_at` in seconds, `UNKNOWN` where nobody knows.
    """

    UNKNOWN = -(2**62)

    keys: Keys
    large: Mapping[Framing, Bytes]
    is_page: npt.NDArray[np.bool_]
    taken_at: npt.NDArray[np.int64]

    @classmethod
    def of(cls, rows: Iterable[StoredRow]) -> Self:
        """Gather rows of key, whether it is a page, when it was taken, and large hashes."""
        rows = sorted(rows, key=lambda row: row[0])
        nothing = bytes(LARGE_BYTES)
        large = {
            framing: np.frombuffer(
                b"".join(hashes.get(framing) or nothing for *_, hashes in rows), dtype=np.uint8
            ).reshape(len(rows), LARGE_BYTES)
            for framing in Framing
        }
        times = [cls.UNKNOWN if time is None else time for _, _, time, _ in rows]
        return cls(
            np.array([key for key, *_ in rows], dtype=np.int64),
            large,
            np.array([is_page for _, is_page, _, _ in rows], dtype=bool),
            np.array(times, dtype=np.int64),
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put parts in ascending order of keys, at least one, one behind the other."""
        if len(parts) == 1:
            return parts[0]
        large = {f: np.concatenate([part.large[f] for part in parts]) for f in Framing}
        return cls(
            np.concatenate([part.keys for part in parts]),
            large,
            np.concatenate([part.is_page for part in parts]),
            np.concatenate([part.taken_at for part in parts]),
        )

    def has(self, framing: Framing) -> npt.NDArray[np.bool_]:
        """Return who has a large hash in `framing`; its first bit is always set."""
        return self.large[framing][:, 0] >= 128

    def places(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Return where `keys` stand, and which of them do."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return places, self.keys[places] == keys


class _How(NamedTuple):
    """A way to look at two pictures: the first one turned, and what is cut of either."""

    framing: Framing
    other_framing: Framing
    turn: Turn

    @property
    def codes(self) -> tuple[int, int, int]:
        """The columns of a MatchTable that say so."""
        return (
            TURNS.index(self.turn),
            FRAMINGS.index(self.framing),
            FRAMINGS.index(self.other_framing),
        )


def find_matches(
    subject: Subject,
    indexes: Mapping[Framing, HammingIndex],
    fetch: Callable[[Keys], Stored],
    key: int = 0,
) -> list[Match]:
    """
    Return what is the same picture as `subject`, nearest first.

    `indexes` are those of the small hashes of each framing. `fetch` is asked for the candidates,
    keys ascending, and leaves out which of them may not match. `key` is the subject's own, which
    is found too if it is stored; where two ways to match are equally plain, the smaller key of
    a pair decides, so that both pictures tell the same.
    """
    candidates = _candidates(subject, indexes)
    if not candidates:
        return []
    stored = fetch(np.unique(np.concatenate([keys for _, keys in candidates])))
    hashes = {f: value.to_bytes(LARGE_BYTES, "big") for f, value in subject.large.items()}
    ours = Stored.of([(key, subject.is_page, subject.taken_at, hashes)])
    tables = [
        _confirmed(ours, np.full(len(keys), key), stored, keys, how).ordered()
        for how, keys in _promising(subject, candidates, stored)
    ]
    found = [
        match if first == key else match.swapped(first)
        for first, match in MatchTable.joined(tables)
    ]
    return sorted(found, key=lambda match: (match.alignment.distance, match.key))


def match_of(subject: Subject, other: Subject, key: int = 0) -> Match | None:
    """Return how `other`, which gets the key `key`, is the same picture as `subject`, if it is."""
    keys = np.array([key], dtype=np.int64)
    indexes = {
        framing: HammingIndex.build(keys, np.array([value], dtype=np.uint64))
        for framing, value in other.hashes.items()
    }
    stored = Stored.of([(key, other.is_page, other.taken_at, _as_bytes(other.large))])
    return next(iter(find_matches(subject, indexes, lambda _: stored)), None)


def _as_bytes(large: Mapping[Framing, int]) -> dict[Framing, bytes]:
    return {framing: value.to_bytes(LARGE_BYTES, "big") for framing, value in large.items()}


def _candidates(
    subject: Subject, indexes: Mapping[Framing, HammingIndex]
) -> list[tuple[_How, Keys]]:
    """Return ways to look at subject and others, and who is near then, wherever somebody is."""
    found = []
    for framing in FRAMINGS:
        if framing not in subject.hashes or framing not in subject.large:
            continue
        queries = in_all_turns(_bytes(subject.hashes[framing], SMALL_BYTES)).view(">u8").ravel()
        for other, index in indexes.items():
            numbers, keys, _ = index.within_many(queries.astype(np.uint64), CANDIDATE_DISTANCE)
            found += [
                (_How(framing, other, TURNS[number]), keys[numbers == number])
                for number in np.unique(numbers).tolist()
            ]
    return found


def _promising(
    subject: Subject, candidates: list[tuple[_How, Keys]], stored: Stored
) -> list[tuple[_How, Keys]]:
    """Leave out candidates that are far by the large hash, which nearly all are: all at once."""
    turned = {f: in_all_turns(_bytes(value, LARGE_BYTES)) for f, value in subject.large.items()}
    keys = np.concatenate([keys for _, keys in candidates])
    sizes = [len(keys) for _, keys in candidates]
    ours = np.stack([turned[how.framing][how.codes[0]] for how, _ in candidates])
    others = np.array([how.codes[2] for how, _ in candidates]).repeat(sizes)
    places, held = stored.places(keys)
    if not len(stored.keys):
        return []
    theirs = np.stack([stored.large[framing] for framing in FRAMINGS])[others, places]
    near = held & (_distances(ours.repeat(sizes, axis=0), theirs) <= MATCH_DISTANCE)
    parts = np.split(near, np.cumsum(sizes)[:-1])
    return [
        (how, keys[part]) for (how, keys), part in zip(candidates, parts, strict=True) if part.any()
    ]


def _bytes(value: int, width: int) -> Bytes:
    return np.frombuffer(value.to_bytes(width, "big"), dtype=np.uint8)


def _distances(a: Bytes, b: Bytes) -> Codes:
    """Return how many bits differ, shape (n,); at most 255, which is as far as any."""
    words = np.bitwise_count(np.ascontiguousarray(a).view(np.uint64) ^ b.view(np.uint64))
    return np.minimum(words.sum(axis=-1, dtype=np.int64), 255).astype(np.uint8)


def all_matches(small: Mapping[Framing, tuple[Keys, Hashes]], stored: Stored) -> MatchTable:
    """
    Return the matches among all pictures, the smaller key first in each, by pairs.

    `small` are keys and small hashes of each framing, shape (n,) each, `stored` the large ones;
    who is not in both is left out. Give one of many equal pictures only: pairs grow with the
    square of copies.
    """
    tables: list[MatchTable] = []
    held = 0
    for table in _joins(small, stored):
        tables.append(table)
        held += len(table)
        if held > 1_000_000:
            tables = [MatchTable.joined(tables)]
            held = 0
    return MatchTable.joined(tables)


def _joins(small: Mapping[Framing, tuple[Keys, Hashes]], stored: Stored) -> Iterator[MatchTable]:
    present = [framing for framing in FRAMINGS if framing in small]
    for framing, other in combinations_with_replacement(present, 2):
        for turn in TURNS:
            # Among hashes of one framing both directions are found, either by one turn
            # or by its inverse.
            if framing == other and turn == Turn.RIGHT:
                continue
            yield from _join(small[framing], small[other], _How(framing, other, turn), stored)


def _join(
    ours: tuple[Keys, Hashes], theirs: tuple[Keys, Hashes], how: _How, stored: Stored
) -> Iterator[MatchTable]:
    hashes = _turned_numbers(ours[1], how.turn)
    is_twice = how.framing == how.other_framing and how.turn.inverse == how.turn
    for here, there, _ in cross_portions(hashes, theirs[1], CANDIDATE_DISTANCE):
        first, second = ours[0][here], theirs[0][there]
        wanted = first < second if is_twice else first != second
        yield _confirmed(stored, first[wanted], stored, second[wanted], how).ordered()


def _confirmed(ours: Stored, first: Keys, theirs: Stored, second: Keys, how: _How) -> MatchTable:
    """Return which candidates, `first` of `ours` and `second` of `theirs`, are the same picture."""
    (a, a_held), (b, b_held) = ours.places(first), theirs.places(second)
    a, b = a[held := a_held & b_held], b[held]
    distances = _distances_as(how, ours, a, theirs, b)
    most = np.where(ours.is_page[a] | theirs.is_page[b], PAGE_DISTANCE, MATCH_DISTANCE)
    near = np.flatnonzero(
        (distances <= most) & ~_of_one_burst(ours.taken_at[a], theirs.taken_at[b])
    )
    near = near[_agree_inside(how, ours, a[near], theirs, b[near])]
    filled = (np.full(len(near), code, dtype=np.uint8) for code in how.codes)
    return MatchTable(ours.keys[a[near]], theirs.keys[b[near]], distances[near], *filled)


def _of_one_burst(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    # Where one time is unknown the difference is far more than a burst lasts; of two, nothing.
    apart = np.abs(a - b)
    return (apart > 0) & (apart < BURST_SECONDS)


def _distances_as(how: _How, ours: Stored, a: Places, theirs: Stored, b: Places) -> Codes:
    hashes = turned_bytes(ours.large[how.framing][a], how.turn)
    return _distances(hashes, theirs.large[how.other_framing][b])


def _agree_inside(
    how: _How, ours: Stored, a: Places, theirs: Stored, b: Places
) -> npt.NDArray[np.bool_]:
    """
    Tell where pictures agree inside their bars as well, or one of them has no more to cut.

    Two pictures in the same frame or under the same caption are alike for the bars' sake; inside
    a frame there may be a caption again.
    """
    agree = np.zeros(len(a), dtype=bool)
    a_framed, b_framed = agree, agree
    for framing, other in product(_inside(how.framing), _inside(how.other_framing)):
        a_has, b_has = ours.has(framing)[a], theirs.has(other)[b]
        a_framed, b_framed = a_framed | a_has, b_framed | b_has
        inner = _How(framing, other, how.turn)
        near = a_has & b_has & (_distances_as(inner, ours, a, theirs, b) <= INSIDE_DISTANCE)
        agree = agree | (near & _agree_inside(inner, ours, a, theirs, b))
    return agree | ~(a_framed & b_framed)


def _inside(framing: Framing) -> tuple[Framing, ...]:
    return FRAMINGS[FRAMINGS.index(framing) + 1 :]


def _turned_numbers(hashes: Hashes, turn: Turn) -> Hashes:
    data = hashes.astype(">u8").view(np.uint8).reshape(-1, SMALL_BYTES)
    return turned_bytes(data, turn).reshape(-1).view(">u8").astype(np.uint64)
