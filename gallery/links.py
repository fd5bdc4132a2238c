"""How the members of one cluster are linked: by what they share, by matches, by what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from gallery import chains, stored_clusters
from gallery.cluster_filters import LARGE_BITS, METHODS
from gallery.clusters import ClusterKind, ImageCluster
from gallery.kept_matches import Sight
from gallery.models import Image, Verdict
from gallery.same_pictures import sights_of
from gallery.stored_matches import portions
from hashing.clustering import clusters
from hashing.hamming_index import Pairs

# What was called duplicates is nearer than anything that only looks so.
SURE = -1

Numbers = tuple[int, int]


class Said(NamedTuple):
    """A verdict on two contents."""

    kind: str
    is_inferred: bool

    @property
    def is_settled(self) -> bool:
        """Whether the two are kept side by side."""
        return self.kind != Verdict.Kind.DUPLICATE


class _Row(NamedTuple):
    """A member as far as its links go."""

    key: int
    content: str
    is_informative: bool
    hash: int | None = None


@dataclass(frozen=True)
class ClusterLinks:
    """
    The contents of a cluster, numbered in its order, and what is known of their pairs.

    `keys` are the members of each content; `sights` and `said` go by two numbers, the smaller one
    first, and a sight is how the first sees the second. `width` is the bits of a distance.
    """

    contents: tuple[str, ...]
    keys: tuple[tuple[int, ...], ...]
    sights: dict[Numbers, Sight]
    said: dict[Numbers, Said]
    width: int
    is_near: bool = False

    @classmethod
    def of(cls, found: ImageCluster, by: str, radius: int) -> Self:
        """Read the links of a cluster; in one that is "near", of hashes `by` up to `radius`."""
        is_near = found.kind == ClusterKind.NEAR
        rows = _rows(found.keys, by if is_near else "")
        members: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            members[row.content].append(row.key)
        numbers = {content: number for number, content in enumerate(members)}
        return cls(
            tuple(members),
            tuple(tuple(keys) for keys in members.values()),
            _near(rows, numbers, radius) if is_near else _stored(numbers),
            _said(numbers),
            METHODS[by].width if is_near else LARGE_BITS,
            is_near,
        )

    @cached_property
    def open(self) -> list[chains.Link]:
        """The links that hold the cluster together: those that nobody has settled."""
        sure = [pair for pair, said in self.said.items() if not said.is_settled]
        seen = {
            pair: sight.distance for pair, sight in self.sights.items() if pair not in self.said
        }
        return [chains.Link(distance, *pair) for pair, distance in seen.items()] + [
            chains.Link(SURE, *pair) for pair in sure
        ]

    @cached_property
    def tree(self) -> list[chains.Link]:
        """The shortest links that hold the cluster together."""
        return chains.spanning_tree(len(self.contents), self.open)

    @cached_property
    def weakest(self) -> chains.Link | None:
        """The link at which the cluster would come apart first; None if nothing tells."""
        cut = chains.weakest(self.tree)
        return cut if cut and cut.weight > SURE else None

    @cached_property
    def far_side(self) -> list[int]:
        """The members beyond the weakest link, seen from the first one."""
        if self.weakest is None:
            return []
        first, second = chains.sides(len(self.contents), self.tree, self.weakest)
        return self.members(first if 0 in second else second)

    def members(self, numbers: Iterable[int]) -> list[int]:
        """Return the keys of all members that have these contents."""
        return [key for number in numbers for key in self.keys[number]]

    @cached_property
    def number_of(self) -> dict[int, int]:
        """The number of each member's content, by its key."""
        return {key: number for number, keys in enumerate(self.keys) for key in keys}

    def together(self, apart: Collection[Numbers]) -> list[set[int]]:
        """
        Return which members would be shown together if the contents `apart` were told apart.

        Those that would be by themselves are a set each. Of "near" clusters, whose members are
        looked for anew each time, only what links these members is known.
        """
        if self.is_near:
            found = self._cut_anew(set(apart))
        else:
            pairs = [tuple(sorted((self.contents[a], self.contents[b]))) for a, b in apart]
            found = stored_clusters.forecast(self.number_of, pairs)
        groups = [group & self.number_of.keys() for group in found]
        alone = self.number_of.keys() - {key for group in groups for key in group}
        return [group for group in groups if group] + [{key} for key in sorted(alone)]

    def _cut_anew(self, apart: Collection[Numbers]) -> list[set[int]]:
        open_ = [
            (*pair, sight.distance)
            for pair, sight in self.sights.items()
            if pair not in apart and not (pair in self.said and self.said[pair].is_settled)
        ]
        table = np.array(open_, dtype=np.int64).reshape(-1, 3)
        pairs = Pairs(
            hashes=np.zeros(len(self.contents), dtype=np.uint64),
            groups=[np.array(sorted(keys), dtype=np.int64) for keys in self.keys],
            first=table[:, 0],
            second=table[:, 1],
            distances=table[:, 2].astype(np.uint8),
        )
        return [{key for key, _ in cluster.members} for cluster in clusters(pairs)]


def said_of(contents: Iterable[str]) -> dict[tuple[str, str], Said]:
    """Return what was said of pairs of different contents, by the two of them, ascending."""
    contents = set(contents)
    found: dict[tuple[str, str], Said] = {}
    for part in portions(contents):
        rows = Verdict.objects.filter(first_digest__in=part).order_by()
        for first, second, *said in rows.values_list(
            "first_digest", "second_digest", "kind", "is_inferred"
        ):
            if second in contents and first != second:
                found[first, second] = Said(*said)
    return found


def _rows(keys: Sequence[int], by: str) -> list[_Row]:
    """Return the members of a cluster in its order."""
    columns = ("pk", "content_digest", "is_informative", *([by] if by else []))
    rows = {
        key: _Row(
            key, digest or f"#{key}", is_informative, *(hash_ and hash_.value for hash_ in hashes)
        )
        for part in portions(keys)
        for key, digest, is_informative, *hashes in Image.objects.filter(pk__in=part)
        .order_by()
        .values_list(*columns)
    }
    return [rows[key] for key in keys if key in rows]


def _stored(numbers: dict[str, int]) -> dict[Numbers, Sight]:
    pairs = sights_of(numbers)
    found = {(numbers[a], numbers[b]): sight for (a, b), sight in pairs.items()}
    return {pair: sight for pair, sight in found.items() if pair[0] < pair[1]}


def _near(rows: Iterable[_Row], numbers: dict[str, int], radius: int) -> dict[Numbers, Sight]:
    hash_of = {
        numbers[row.content]: row.hash
        for row in rows
        if row.hash is not None and row.is_informative
    }
    order = np.array(sorted(hash_of), dtype=np.int64)
    hashes = np.array([hash_of[number] for number in order.tolist()], dtype=np.uint64)
    found = {}
    for place, number in enumerate(order.tolist()):
        distances = np.bitwise_count(hashes[place + 1 :] ^ hashes[place])
        near = np.flatnonzero(distances <= radius)
        others, far = order[place + 1 :][near].tolist(), distances[near].tolist()
        found |= {
            (number, other): Sight(distance, "upright", "whole", "whole")
            for other, distance in zip(others, far, strict=True)
        }
    return found


def _said(numbers: dict[str, int]) -> dict[Numbers, Said]:
    found: dict[Numbers, Said] = {}
    for (first, second), said in said_of(numbers).items():
        pair = sorted((numbers[first], numbers[second]))
        found[pair[0], pair[1]] = said
    return found
