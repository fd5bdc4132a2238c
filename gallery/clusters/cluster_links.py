"""How the members of one cluster are linked: by what they share, by matches, by what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gallery import matching
from gallery.clusters import spanning_tree
from gallery.comparing import LARGE_BITS
from gallery.models import Image
from gallery.verdicts import Said, said_of
from hashing.fingerprints import Alignment
from hashing.matching import clusters
from hashing.search import Pairs

# What was called duplicates is nearer than anything that only looks so.
SURE = -1

Numbers = tuple[int, int]


@dataclass(frozen=True)
class ClusterLinks:
    """
    The contents of a cluster, numbered in its order, and what is known of their pairs.

    `keys` are the members of each content; `alignments` and `said` go by two numbers, the smaller
    one first, and an alignment is how the first sees the second. `width` is the bits of a distance.
    """

    contents: tuple[str, ...]
    keys: tuple[tuple[int, ...], ...]
    alignments: dict[Numbers, Alignment]
    said: dict[Numbers, Said]
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
        Read what was said of the pictures of a cluster; `alignments` go by two contents.

        If the cluster is "near", their distances are of hashes of `near_width` bits.
        """
        members: dict[str, list[int]] = defaultdict(list)
        for image in pictures:
            members[_content(image)].append(image.pk)
        numbers = {content: number for number, content in enumerate(members)}
        seen = {
            (numbers[a], numbers[b]): alignment
            for (a, b), alignment in alignments.items()
            if a in numbers and b in numbers and numbers[a] < numbers[b]
        }
        keys = tuple(tuple(keys) for keys in members.values())
        is_near = near_width is not None
        width = near_width or LARGE_BITS
        return cls(tuple(members), keys, seen, _said(numbers), width, is_near)

    @cached_property
    def open(self) -> list[spanning_tree.Link]:
        """The links that hold the cluster together: those that nobody has settled."""
        sure = [pair for pair, said in self.said.items() if not said.is_settled]
        seen = {
            pair: alignment.distance
            for pair, alignment in self.alignments.items()
            if pair not in self.said
        }
        return [spanning_tree.Link(distance, *pair) for pair, distance in seen.items()] + [
            spanning_tree.Link(SURE, *pair) for pair in sure
        ]

    @cached_property
    def tree(self) -> list[spanning_tree.Link]:
        """The shortest links that hold the cluster together."""
        return spanning_tree.spanning_tree(len(self.contents), self.open)

    @cached_property
    def weakest(self) -> spanning_tree.Link | None:
        """The link at which the cluster would come apart first; None if nothing tells."""
        cut = spanning_tree.weakest(self.tree)
        return cut if cut and cut.weight > SURE else None

    @cached_property
    def far_side(self) -> list[int]:
        """The members beyond the weakest link, seen from the first one."""
        if self.weakest is None:
            return []
        first, second = spanning_tree.sides(len(self.contents), self.tree, self.weakest)
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
            found = matching.forecast(self.number_of, pairs)
        groups = [group & self.number_of.keys() for group in found]
        alone = self.number_of.keys() - {key for group in groups for key in group}
        return [group for group in groups if group] + [{key} for key in sorted(alone)]

    def _cut_anew(self, apart: Collection[Numbers]) -> list[set[int]]:
        open_ = [
            (*pair, alignment.distance)
            for pair, alignment in self.alignments.items()
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


def near_alignments(
    pictures: Iterable[Image], by: str, radius: int
) -> dict[tuple[str, str], Alignment]:
    """Return how contents see each other whose hashes `by` are at most `radius` bits apart."""
    hash_of = {
        _content(image): hash_.value
        for image in pictures
        if image.is_informative and (hash_ := getattr(image, by)) is not None
    }
    contents = list(hash_of)
    hashes = np.array(list(hash_of.values()), dtype=np.uint64)
    found = {}
    for place, content in enumerate(contents):
        distances = np.bitwise_count(hashes[place + 1 :] ^ hashes[place])
        near = np.flatnonzero(distances <= radius).tolist()
        found |= {
            (content, contents[place + 1 + other]): Alignment(int(distances[other]))
            for other in near
        }
    return found


def _content(image: Image) -> str:
    """Return what tells the content from others; a picture without a digest is like no other."""
    return image.content_digest or f"#{image.pk}"


def _said(numbers: dict[str, int]) -> dict[Numbers, Said]:
    found: dict[Numbers, Said] = {}
    for (first, second), said in said_of(numbers).items():
        pair = sorted((numbers[first], numbers[second]))
        found[pair[0], pair[1]] = said
    return found
