"""
Inverted lists: hashes of keypoints, ordered by their highest bits.

A list holds the hashes with the same key, their highest bits. A copy of a keypoint differs from it
in bits that were unsure in the first place, so the lists that are looked up are those of the key
with every combination of its unsure bits (multi-probe hashing; Lv et al., 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from hashing.keypoints.descriptors import KEY_BITS, UNSURE_BITS, Angles, Masks
from hashing.search import Hashes, runs

Positions = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int32]

# Hashes within so many bits of the query's count as found, among up to so many: the more there are,
# the nearer a hash has to be to mean something. Of different photographs, one pair of keypoints in
# 9,000 is within 15 bits, and one in 50,000 within 13; of copies, 43 and 36 %.
RADII = {15: 1_000_000, 14: 3_000_000}
NARROWEST = 13
# A list holds about this many hashes, as long as keys have between these numbers of bits.
LIST_LENGTH, FEWEST_BITS = 4, 8

_SUBSETS = np.array(list(product((0, 1), repeat=UNSURE_BITS)), dtype=np.uint32)


class Postings(NamedTuple):
    """Keypoints as they are indexed: hashes, numbers of pictures, angles, levels, shape (n,)."""

    hashes: Hashes
    slots: Slots
    angles: Angles
    levels: npt.NDArray[np.uint8]

    def taken(self, chosen: Positions | npt.NDArray[np.bool_]) -> Postings:
        hashes, slots, angles, levels = self
        return Postings(hashes[chosen], slots[chosen], angles[chosen], levels[chosen])

    @classmethod
    def joined(cls, parts: list[Postings]) -> Self:
        return cls(
            np.concatenate([part.hashes for part in parts]),
            np.concatenate([part.slots for part in parts]),
            np.concatenate([part.angles for part in parts]),
            np.concatenate([part.levels for part in parts]),
        )


class Hits(NamedTuple):
    """Numbers of queries, and the postings found for them, shape (n,) each."""

    queries: Positions
    postings: Postings


@dataclass(frozen=True, eq=False)
class InvertedLists:
    """
    Postings ordered by key.

    Those with the key k are `postings[starts[k]:starts[k + 1]]`; keys have `key_bits`.
    """

    postings: Postings
    starts: npt.NDArray[np.int32]
    key_bits: int

    @classmethod
    def build(cls, postings: Postings) -> Self:
        count = len(postings.hashes)
        key_bits = int(np.clip(np.log2(max(1, count / LIST_LENGTH)), FEWEST_BITS, KEY_BITS))
        keys = _keys(postings.hashes, key_bits)
        order = np.argsort(keys, kind="stable")
        sizes = np.bincount(keys, minlength=1 << key_bits)
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        return cls(postings.taken(order), starts, key_bits)

    def __len__(self) -> int:
        return len(self.postings.hashes)

    @property
    def nbytes(self) -> int:
        """The memory that the lists take, in bytes."""
        return self.starts.nbytes + sum(column.nbytes for column in self.postings)

    def search(self, hashes: Hashes, unsure: Masks, radius: int) -> Hits:
        """
        Return the postings within `radius` bits of `hashes`, shape (m,), in the lists looked up.

        `unsure` are masks of the unsure bits among the KEY_BITS highest.
        """
        keys, is_wanted = self._probes(hashes, unsure)
        begin = self.starts.take(keys)
        lengths = np.where(is_wanted, self.starts.take(keys + 1) - begin, 0)
        places = runs(begin.ravel(), lengths.ravel())
        queries = np.arange(len(hashes)).repeat(lengths.sum(axis=1))
        differing = self.postings.hashes.take(places)
        differing ^= hashes.take(queries)
        near = np.flatnonzero(np.bitwise_count(differing) <= radius)
        return Hits(queries[near], self.postings.taken(places[near]))

    def _probes(self, hashes: Hashes, unsure: Masks) -> tuple[Positions, npt.NDArray[np.bool_]]:
        """Return keys to look up, shape (m, 64), and which of them are not there twice."""
        bits = _single_bits(unsure) >> np.uint32(KEY_BITS - self.key_bits)
        subsets = bits @ _SUBSETS.T
        is_twice = (bits == 0).astype(np.uint8) @ _SUBSETS.T.astype(np.uint8) > 0
        return _keys(hashes, self.key_bits)[:, None] ^ subsets.astype(np.int64), ~is_twice


def radius_among(count: int) -> int:
    """Return how near hashes have to be to mean something among `count`."""
    return next((radius for radius, most in RADII.items() if count <= most), NARROWEST)


def _keys(hashes: Hashes, bits: int) -> Positions:
    return (hashes >> np.uint64(64 - bits)).astype(np.int64)


def _single_bits(masks: Masks) -> Masks:
    """Return the bits of each mask one by one, lowest first: shape (m, UNSURE_BITS)."""
    columns = []
    for _ in range(UNSURE_BITS):
        lowest = masks & (~masks + np.uint32(1))
        columns.append(lowest)
        masks = masks ^ lowest
    return np.stack(columns, axis=1)
