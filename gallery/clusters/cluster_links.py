"""The links between the members of one cluster: equal contents, matches and verdicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gallery import matching
from gallery.clusters.spanning_tree import Edge, sides, spanning_tree, weakest_edge
from gallery.comparing import LARGE_BITS
from gallery.models import Image
from gallery.verdicts import KnownVerdict, verdicts_between
from hashing.fingerprints import Alignment
from hashing.matching import clusters

# The weight of a verdict "duplicate", which links more closely than any distance.
SURE = -1

NumberPair = tuple[int, int]


@dataclass(frozen=True)
class ClusterLinks:
    """
    The contents of a cluster, numbered in its order, and the links between them.

    `keys` are the members with each content; `alignments` and `verdicts` go by two numbers, the
    smaller one first, and an alignment is that of the first to the second. Distances are in bits
    of `width`.
    """

    contents: tuple[str, ...]
    keys: tuple[tuple[int, ...], ...]
    alignments: dict[NumberPair, Alignment]
    verdicts: dict[NumberPair, KnownVerdict]
    width: int
    is_near: bool = False

    @classmethod
    def of(
        cls,
        pictures: Iterable[Image],
        alignments: Mapping[tuple[str, str], Alignment],
        near_width: int | None = None,
    ) -> Self:
        """
        Read the verdicts on the pictures of a cluster; `alignments` go by two contents.

        In a cluster of similar pictures, distances are those of hashes of `near_width` bits.
        """
        members: dict[str, list[int]] = defaultdict(list)
        for image in pictures:
            members[_content(image)].append(image.pk)
        numbers = {content: number for number, content in enumerate(members)}
        numbered = {
            (numbers[a], numbers[b]): alignment
            for (a, b), alignment in alignments.items()
            if a in numbers and b in numbers and numbers[a] < numbers[b]
        }
        return cls(
            contents=tuple(members),
            keys=tuple(tuple(keys) for keys in members.values()),
            alignments=numbered,
            verdicts=_verdicts(numbers),
            width=near_width or LARGE_BITS,
            is_near=near_width is not None,
        )

    @cached_property
    def open(self) -> list[Edge]:
        """The links that no verdict has settled; they hold the cluster together."""
        duplicates = [pair for pair, verdict in self.verdicts.items() if not verdict.is_settled]
        matches = {
            pair: alignment.distance
            for pair, alignment in self.alignments.items()
            if pair not in self.verdicts
        }
        return [
            *(Edge(distance, *pair) for pair, distance in matches.items()),
            *(Edge(SURE, *pair) for pair in duplicates),
        ]

    @cached_property
    def tree(self) -> list[Edge]:
        """The shortest links that hold the cluster together."""
        return spanning_tree(len(self.contents), self.open)

    @cached_property
    def weakest(self) -> Edge | None:
        """The link without which the cluster would fall apart first; None if none is weaker."""
        cut = weakest_edge(self.tree)
        return cut if cut and cut.weight > SURE else None

    @cached_property
    def far_side(self) -> list[int]:
        """The members beyond the weakest link, seen from the first one."""
        if self.weakest is None:
            return []
        first, second = sides(len(self.contents), self.tree, self.weakest)
        return self.members(first if 0 in second else second)

    def members(self, numbers: Iterable[int]) -> list[int]:
        """Return the keys of all members with the contents of these numbers."""
        return [key for number in numbers for key in self.keys[number]]

    @cached_property
    def number_of(self) -> dict[int, int]:
        """The number of each member's content, by its key."""
        return {key: number for number, keys in enumerate(self.keys) for key in keys}

    def clusters_without(self, apart: Collection[NumberPair]) -> list[set[int]]:
        """
        Return the clusters of the members if the contents `apart` were marked as not duplicates.

        A member that would be in no cluster is a set by itself. In a cluster of similar pictures,
        which is computed each time, only the links between these members are known.
        """
        if self.is_near:
            forecast = self._computed_without(apart)
        else:
            named = [sorted((self.contents[a], self.contents[b])) for a, b in apart]
            pairs = [(first, second) for first, second in named]
            forecast = matching.forecast(self.number_of, pairs)
        groups = [group & self.number_of.keys() for group in forecast]
        alone = self.number_of.keys() - {key for group in groups for key in group}
        return [group for group in groups if group] + [{key} for key in sorted(alone)]

    def _computed_without(self, apart: Collection[NumberPair]) -> list[set[int]]:
        open_links = [
            (*pair, alignment.distance)
            for pair, alignment in self.alignments.items()
            if pair not in apart and not self._is_settled(pair)
        ]
        pairs = matching.content_pairs(self.keys, open_links)
        return [{key for key, _ in cluster.members} for cluster in clusters(pairs)]

    def _is_settled(self, pair: NumberPair) -> bool:
        return pair in self.verdicts and self.verdicts[pair].is_settled


def near_alignments(
    pictures: Iterable[Image], by: str, radius: int
) -> dict[tuple[str, str], Alignment]:
    """Return alignments, by two contents, of pictures whose hashes `by` are within `radius`."""
    hash_of = {
        _content(image): hash_.value
        for image in pictures
        if image.is_informative and (hash_ := getattr(image, by)) is not None
    }
    contents = list(hash_of)
    hashes = np.array(list(hash_of.values()), dtype=np.uint64)
    found: dict[tuple[str, str], Alignment] = {}
    for place, content in enumerate(contents):
        distances = np.bitwise_count(hashes[place + 1 :] ^ hashes[place])
        for near in np.flatnonzero(distances <= radius).tolist():
            found[content, contents[place + 1 + near]] = Alignment(int(distances[near]))
    return found


def _content(image: Image) -> str:
    """Return the content digest; a picture without one equals no other."""
    return image.content_digest or f"#{image.pk}"


def _verdicts(numbers: dict[str, int]) -> dict[NumberPair, KnownVerdict]:
    """Return the verdicts on contents by their numbers, the smaller one first."""
    verdicts: dict[NumberPair, KnownVerdict] = {}
    for (first, second), verdict in verdicts_between(numbers).items():
        pair = sorted((numbers[first], numbers[second]))
        verdicts[pair[0], pair[1]] = verdict
    return verdicts
