"""Pictures that matches connect, and the clusters that they form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from gallery.batches import in_batches
from gallery.matching.cluster_rows import ClusterRecord
from gallery.matching.cluster_summaries import (
    PICTURE_COLUMNS,
    ClusterPicture,
    PlacedPicture,
    audience_figures,
    is_related,
    summary,
)
from gallery.matching.content_pairs import content_pairs
from gallery.matching.match_rows import KeyPair, edges_of
from gallery.matching.nearest_matches import MatchEdge
from gallery.matching.part_edges import part_edges
from gallery.models import EQUAL_KINDS, Image, Match, Relation, Verdict
from gallery.verdicts import settled_pairs
from hashing.matching import clusters

CONNECTS = Q(kind__in=(*EQUAL_KINDS, *(relation.kind for relation in Relation)))


@dataclass(frozen=True)
class ConnectedPictures:
    """
    Pictures by primary key, the edges between them, and the pairs that verdicts have settled.

    The pictures of a settled pair, the smaller key first, are no longer neighbours.
    """

    pictures: Mapping[int, ClusterPicture]
    edges: list[MatchEdge]
    settled: Set[KeyPair]

    @classmethod
    def around(cls, keys: Set[int]) -> ConnectedPictures:
        """Read the pictures that can be reached from `keys` along edges."""
        edges = _reachable_edges(keys)
        pictures = _pictures(keys | _ends(edges))
        return cls(pictures, edges, _settled_around(pictures))

    @classmethod
    def all(cls) -> ConnectedPictures:
        """Read all pictures that have a match."""
        edges = edges_of(Match.objects.filter(CONNECTS)) + part_edges()
        pictures = _pictures(_ends(edges))
        return cls(pictures, edges, settled_pairs(_digests(pictures)))

    @property
    def keys(self) -> set[int]:
        """The keys of the pictures, and of deleted ones that still have edges."""
        return self.pictures.keys() | _ends(self.edges)

    @cached_property
    def keys_of(self) -> Mapping[str, list[int]]:
        """The keys of the pictures with each content, by its digest."""
        keys = defaultdict[str, list[int]](list)
        for picture in self.pictures.values():
            keys[picture.content_digest].append(picture.pk)
        return keys

    def clusters(self, apart: Set[KeyPair] = frozenset()) -> list[ClusterRecord]:
        """Return the clusters of the pictures outside the trash, with the pairs `apart` settled."""
        return [record for relation in Relation for record in self._of(relation, apart)]

    def _of(self, relation: Relation, apart: Set[KeyPair]) -> Iterator[ClusterRecord]:
        untrashed = [
            [key for key in keys if not self.pictures[key].is_trashed]
            for keys in self.keys_of.values()
        ]
        pairs = content_pairs(untrashed, self._links(relation))
        for cluster in clusters(pairs, self.settled | apart):
            placed = [PlacedPicture(self.pictures[key], bits) for key, bits in cluster.members]
            if is_related(placed, relation):
                yield ClusterRecord(
                    cluster.representative,
                    cluster.members,
                    summary(placed, relation),
                    audience_figures(placed, relation),
                )

    def _links(self, relation: Relation) -> list[tuple[int, int, int]]:
        """
        Return the matches of a relation as links of contents, numbered in the order of `keys_of`.

        Equal contents are one node, because only one of their pictures has the matches, and that
        one can be in the trash.
        """
        numbers = {digest: number for number, digest in enumerate(self.keys_of)}
        number_of = {key: numbers[p.content_digest] for key, p in self.pictures.items()}
        return [
            (number_of[edge.first], number_of[edge.second], edge.alignment.distance)
            for edge in self.edges
            if edge.kind == relation.kind and number_of.keys() >= {edge.first, edge.second}
        ]


def _reachable_edges(keys: Set[int]) -> list[MatchEdge]:
    """Return every edge that can be reached from `keys` along edges that connect clusters."""
    # Two pictures can be altered copies and share a part too.
    edges: dict[tuple[str, int, int], MatchEdge] = {}
    visited, fresh = set(keys), set(keys)
    while fresh:
        reached: set[int] = set()
        for batch in in_batches(fresh):
            rows = Match.objects.filter(CONNECTS, Q(first__in=batch) | Q(second__in=batch))
            for edge in edges_of(rows) + part_edges(batch):
                edges[edge.kind, *edge.pair] = edge
                reached.update(edge.pair)
        fresh = reached - visited
        visited |= fresh
    return list(edges.values())


def _ends(edges: Iterable[MatchEdge]) -> set[int]:
    return {key for edge in edges for key in edge.pair}


def _pictures(keys: Iterable[int]) -> dict[int, ClusterPicture]:
    return {
        row[0]: ClusterPicture.of(row)
        for batch in in_batches(keys)
        for row in Image.objects.filter(pk__in=batch).order_by().values_list(*PICTURE_COLUMNS)
    }


def _digests(pictures: Mapping[int, ClusterPicture]) -> dict[int, str]:
    return {key: picture.content_digest for key, picture in pictures.items()}


def _settled_around(pictures: Mapping[int, ClusterPicture]) -> set[KeyPair]:
    """Return the pairs among `pictures` that verdicts on their contents have settled."""
    digests = _digests(pictures)
    settled: set[KeyPair] = set()
    for batch in in_batches(set(digests.values())):
        verdicts = Verdict.objects.filter(
            first_digest__in=batch, second_digest__in=set(digests.values())
        )
        settled |= settled_pairs(digests, verdicts)
    return settled
