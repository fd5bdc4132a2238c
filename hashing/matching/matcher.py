"""
The two-stage matcher: copies of a picture, including turned and framed ones.

First, the small hash of a picture, in every turn and framing, is searched among the small hashes
of all framings. The candidates are nearly all copies, and other pictures too. Second, a candidate
is confirmed if the large hashes are near in the same turn and framings. The hashes of some pictures
mean too little: pages of text share their layout and have a stricter limit, and the caller has to
leave out flat pictures.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from hashing.fingerprints import Bytes, Framing, Turn, in_all_turns, turned_bytes
from hashing.matching.bursts import Mask, Moment, Moments, are_burst_shots, moments
from hashing.matching.match_table import FRAMINGS, TURNS, Codes, Match, MatchTable
from hashing.search import HammingIndex, Hashes, Keys, cross_portions

# The largest distance of candidates, of 64 bits, and of matches, of 256 bits; measured with
# benchmarks/matching.py.
CANDIDATE_DISTANCE = 14
MATCH_DISTANCE = 77
# The largest distance of matching pages of text, of 256 bits.
PAGE_DISTANCE = 32
# The largest distance inside the bars of two pictures that both have bars, of 256 bits.
INSIDE_DISTANCE = 84
SMALL_BYTES, LARGE_BYTES = 8, 32
# Matches collected before pairs found several times are reduced to one.
MOST_UNMERGED = 1_000_000

Positions = npt.NDArray[np.int64]
# Key, whether it is a page of text, when it was taken, and the large hashes by framing.
StoredRow = tuple[int, bool, Moment | None, Mapping[Framing, bytes | None]]


@dataclass(frozen=True)
class Subject:
    """
    The picture whose copies are searched: its 64-bit and 256-bit hashes in each framing it has.

    `taken_at` is None if unknown.
    """

    hashes: Mapping[Framing, int]
    large: Mapping[Framing, int]
    is_page: bool = False
    taken_at: Moment | None = None


@dataclass(frozen=True)
class Stored:
    """
    The stored pictures that candidates are confirmed against.

    `keys`, shape (n,), are in ascending order, and all else is in the order of keys: the large
    hashes of each framing, shape (n, 32), zero where there is none, `is_page`, and `taken_at`,
    shape (n, 2).
    """

    keys: Keys
    large: Mapping[Framing, Bytes]
    is_page: Mask
    taken_at: Moments

    @classmethod
    def of(cls, rows: Iterable[StoredRow]) -> Self:
        """Collect rows in any order."""
        rows = sorted(rows, key=lambda row: row[0])
        nothing = bytes(LARGE_BYTES)
        large = {
            framing: np.frombuffer(
                b"".join(hashes.get(framing) or nothing for *_, hashes in rows), dtype=np.uint8
            ).reshape(len(rows), LARGE_BYTES)
            for framing in Framing
        }
        return cls(
            np.array([key for key, *_ in rows], dtype=np.int64),
            large,
            np.array([is_page for _, is_page, _, _ in rows], dtype=bool),
            moments(moment for _, _, moment, _ in rows),
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Concatenate parts, at least one, whose keys ascend from part to part."""
        if len(parts) == 1:
            return parts[0]
        large = {f: np.concatenate([part.large[f] for part in parts]) for f in Framing}
        return cls(
            np.concatenate([part.keys for part in parts]),
            large,
            np.concatenate([part.is_page for part in parts]),
            np.concatenate([part.taken_at for part in parts]),
        )

    def has(self, framing: Framing) -> Mask:
        """Return whether each picture has a large hash in `framing`, shape (n,)."""
        return self.large[framing][:, 0] >= 128  # the first bit of a large hash is always set

    def positions(self, keys: Keys) -> tuple[Positions, Mask]:
        """Return the position of each of `keys`, shape (m,), and whether it is there at all."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
        positions = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return positions, self.keys[positions] == keys


class Limits(NamedTuple):
    """
    The largest distances of candidates, of 64 bits, and of matches, of 256 bits.

    `page` is that of pages of text, `inside` that inside the bars of two pictures with bars.
    """

    candidate: int = CANDIDATE_DISTANCE
    match: int = MATCH_DISTANCE
    page: int = PAGE_DISTANCE
    inside: int = INSIDE_DISTANCE


LIMITS = Limits()
# For matches that are verified by their pixels afterwards; alone they would be wrong too often.
WIDE_LIMITS = Limits(candidate=20, match=95, inside=102)


class _Dressing(NamedTuple):
    """An alignment without its distance, to be tried on two pictures."""

    framing: Framing
    other_framing: Framing
    turn: Turn

    @property
    def codes(self) -> tuple[int, int, int]:
        """Turn, framing and other framing as in the columns of a MatchTable."""
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
    limits: Limits = LIMITS,
) -> list[Match]:
    """
    Return the matches of `subject`, nearest first.

    `indexes` hold the small hashes of each framing. `fetch` returns the stored candidates of some
    keys, in ascending order; those it leaves out do not match. `key` is the subject's own key; if
    it is stored, it is found too. An alignment is chosen from the side of the smaller key, so that
    a search from either picture chooses the same one.
    """
    candidates = _candidates(subject, indexes, limits)
    if not candidates:
        return []
    stored = fetch(np.unique(np.concatenate([keys for _, keys in candidates])))
    ours = _stored_subject(subject, key)
    tables = [
        _confirmed(ours, np.full(len(keys), key), stored, keys, dressing, limits).ordered()
        for dressing, keys in _promising(subject, candidates, stored, limits)
    ]
    matches = [
        match if first == key else match.swapped(first)
        for first, match in MatchTable.joined(tables)
    ]
    return sorted(matches, key=lambda match: (match.alignment.distance, match.key))


def match_of(subject: Subject, other: Subject, key: int = 0) -> Match | None:
    """Return the match of `subject` with `other`, whose key is `key`; None if it is no copy."""
    keys = np.array([key], dtype=np.int64)
    indexes = {
        framing: HammingIndex.build(keys, np.array([value], dtype=np.uint64))
        for framing, value in other.hashes.items()
    }
    stored = _stored_subject(other, key)
    return next(iter(find_matches(subject, indexes, lambda _: stored)), None)


def _stored_subject(subject: Subject, key: int) -> Stored:
    """Return `subject` as if it were stored with the key `key`."""
    large = {f: value.to_bytes(LARGE_BYTES, "big") for f, value in subject.large.items()}
    return Stored.of([(key, subject.is_page, subject.taken_at, large)])


def _candidates(
    subject: Subject, indexes: Mapping[Framing, HammingIndex], limits: Limits
) -> list[tuple[_Dressing, Keys]]:
    """Return each dressing in which there are candidates, with their keys."""
    candidates = []
    for framing in FRAMINGS:
        if framing not in subject.hashes or framing not in subject.large:
            continue
        queries = in_all_turns(_bytes(subject.hashes[framing], SMALL_BYTES)).view(">u8").ravel()
        for other, index in indexes.items():
            numbers, keys, _ = index.within_many(queries.astype(np.uint64), limits.candidate)
            candidates += [
                (_Dressing(framing, other, TURNS[number]), keys[numbers == number])
                for number in np.unique(numbers).tolist()
            ]
    return candidates


def _promising(
    subject: Subject, candidates: list[tuple[_Dressing, Keys]], stored: Stored, limits: Limits
) -> list[tuple[_Dressing, Keys]]:
    """
    Return the candidates whose large hash is near, which are few.

    This is the first condition that `_confirmed` checks, here for all dressings at once.
    """
    if not len(stored.keys):
        return []
    turned = {f: in_all_turns(_bytes(value, LARGE_BYTES)) for f, value in subject.large.items()}
    keys = np.concatenate([keys for _, keys in candidates])
    sizes = [len(keys) for _, keys in candidates]
    ours = np.stack([turned[dressing.framing][dressing.codes[0]] for dressing, _ in candidates])
    others = np.array([dressing.codes[2] for dressing, _ in candidates]).repeat(sizes)
    positions, is_stored = stored.positions(keys)
    theirs = np.stack([stored.large[framing] for framing in FRAMINGS])[others, positions]
    near = is_stored & (_distances(ours.repeat(sizes, axis=0), theirs) <= limits.match)
    parts = np.split(near, np.cumsum(sizes)[:-1])
    return [
        (dressing, keys[part])
        for (dressing, keys), part in zip(candidates, parts, strict=True)
        if part.any()
    ]


def _bytes(value: int, width: int) -> Bytes:
    """Return `value` as an array of `width` bytes, highest first."""
    return np.frombuffer(value.to_bytes(width, "big"), dtype=np.uint8)


def _distances(a: Bytes, b: Bytes) -> Codes:
    """Return the distances in bits, shape (n,), capped at 255, beyond any limit."""
    words = np.bitwise_count(np.ascontiguousarray(a).view(np.uint64) ^ b.view(np.uint64))
    distances: npt.NDArray[np.int64] = words.sum(axis=-1, dtype=np.int64)
    return np.minimum(distances, 255).astype(np.uint8)


def all_matches(
    small: Mapping[Framing, tuple[Keys, Hashes]], stored: Stored, limits: Limits = LIMITS
) -> MatchTable:
    """
    Return all matches, with the smaller key first in each, ordered by pairs.

    `small` are keys and small hashes of each framing, shape (n,) each; `stored` has the large
    hashes. Pictures have to be in both. Pass only one of identical copies, because the number of
    pairs grows with the square of their number.
    """
    tables: list[MatchTable] = []
    unmerged = 0
    for table in _joins(small, stored, limits):
        tables.append(table)
        unmerged += len(table)
        if unmerged > MOST_UNMERGED:
            tables = [MatchTable.joined(tables)]
            unmerged = 0
    return MatchTable.joined(tables)


def _joins(
    small: Mapping[Framing, tuple[Keys, Hashes]], stored: Stored, limits: Limits
) -> Iterator[MatchTable]:
    """Yield the matches of each dressing, in portions."""
    present = [framing for framing in FRAMINGS if framing in small]
    for framing, other in combinations_with_replacement(present, 2):
        for turn in TURNS:
            # Within one framing, every pair is found in both directions: what RIGHT would find
            # one way round, its inverse LEFT finds the other way round.
            if framing == other and turn == Turn.RIGHT:
                continue
            dressing = _Dressing(framing, other, turn)
            yield from _join(small[framing], small[other], dressing, stored, limits)


def _join(
    ours: tuple[Keys, Hashes],
    theirs: tuple[Keys, Hashes],
    dressing: _Dressing,
    stored: Stored,
    limits: Limits,
) -> Iterator[MatchTable]:
    hashes = _turned_hashes(ours[1], dressing.turn)
    is_symmetric = (
        dressing.framing == dressing.other_framing and dressing.turn.inverse == dressing.turn
    )
    for rows, other_rows, _ in cross_portions(hashes, theirs[1], limits.candidate):
        first, second = ours[0][rows], theirs[0][other_rows]
        # A symmetric join finds every pair twice.
        wanted = first < second if is_symmetric else first != second
        yield _confirmed(stored, first[wanted], stored, second[wanted], dressing, limits).ordered()


def _confirmed(
    ours: Stored,
    first: Keys,
    theirs: Stored,
    second: Keys,
    dressing: _Dressing,
    limits: Limits,
) -> MatchTable:
    """Return the matches among candidates, pairs of a key of `ours` and one of `theirs`."""
    (a, a_stored), (b, b_stored) = ours.positions(first), theirs.positions(second)
    both = a_stored & b_stored
    a, b = a[both], b[both]
    distances = _distances_in(dressing, ours, a, theirs, b)
    most = np.where(ours.is_page[a] | theirs.is_page[b], limits.page, limits.match)
    near = np.flatnonzero(
        (distances <= most) & ~are_burst_shots(ours.taken_at[a], theirs.taken_at[b])
    )
    near = near[_agree_inside(dressing, ours, a[near], theirs, b[near], limits.inside)]
    codes = (np.full(len(near), code, dtype=np.uint8) for code in dressing.codes)
    return MatchTable(ours.keys[a[near]], theirs.keys[b[near]], distances[near], *codes)


def _distances_in(
    dressing: _Dressing, ours: Stored, a: Positions, theirs: Stored, b: Positions
) -> Codes:
    """Return the distances of large hashes in `dressing`, shape (n,)."""
    hashes = turned_bytes(ours.large[dressing.framing][a], dressing.turn)
    return _distances(hashes, theirs.large[dressing.other_framing][b])


def _agree_inside(
    dressing: _Dressing, ours: Stored, a: Positions, theirs: Stored, b: Positions, most: int
) -> Mask:
    """
    Return whether pictures agree inside their bars too, within `most` bits, shape (n,).

    It is true if one of them has no bars left to cut. Different pictures in the same frame or
    under the same caption are near because of the bars, and a frame can be around a caption.
    """
    agree = np.zeros(len(a), dtype=bool)
    a_framed, b_framed = agree, agree
    for framing, other in product(_inside(dressing.framing), _inside(dressing.other_framing)):
        a_has, b_has = ours.has(framing)[a], theirs.has(other)[b]
        a_framed, b_framed = a_framed | a_has, b_framed | b_has
        inner = _Dressing(framing, other, dressing.turn)
        near = a_has & b_has & (_distances_in(inner, ours, a, theirs, b) <= most)
        agree = agree | (near & _agree_inside(inner, ours, a, theirs, b, most))
    return agree | ~(a_framed & b_framed)


def _inside(framing: Framing) -> tuple[Framing, ...]:
    """Return the framings that cut off more than `framing`."""
    return FRAMINGS[FRAMINGS.index(framing) + 1 :]


def _turned_hashes(hashes: Hashes, turn: Turn) -> Hashes:
    """Return small `hashes`, shape (n,), after `turn`."""
    data = hashes.astype(">u8").view(np.uint8).reshape(-1, SMALL_BYTES)
    return turned_bytes(data, turn).reshape(-1).view(">u8").astype(np.uint64)
