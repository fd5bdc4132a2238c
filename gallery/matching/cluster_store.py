"""Clusters of the same picture, stored: made from the stored matches that nobody has settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from django.db.models import Q

from gallery.batches import portions
from gallery.matching.cluster_summaries import COLUMNS, SOURCES, Entry, Member, View, figures, views
from gallery.matching.match_store import links_of
from gallery.matching.nearest_matches import Link
from gallery.models import AudienceSummary, Cluster, ClusterMember, Image, Match, SameKind, Verdict
from gallery.verdicts import settled_pairs
from hashing.matching import clusters
from hashing.search import Pairs


@dataclass(frozen=True)
class Star:
    """A cluster as its rows tell it; `members` are (key, distance), the representative first."""

    representative: int
    members: tuple[tuple[int, int], ...]
    figures: tuple[Any, ...]
    views: tuple[View, ...]

    @property
    def identity(self) -> tuple[Any, ...]:
        """What a stored cluster that is the same has too."""
        return self.representative, self.figures, tuple(sorted(self.members)), self.views


def renew(changed: Iterable[int]) -> None:
    """Renew the clusters of all pictures that are connected to those that have changed."""
    entries, links, settled = _around(set(changed))
    reached = {entry.pk for entry in entries} | {key for link in links for key in link.pair}
    _store(stars(entries, links, settled), _holding(reached | set(changed)))


def forecast(keys: Iterable[int], apart: Iterable[tuple[str, str]]) -> list[set[int]]:
    """
    Return the clusters around the pictures `keys` as they would be if contents were told apart.

    `apart` are pairs of contents; what would follow from it for their duplicates is reckoned in.
    """
    entries, links, settled = _around(set(keys))
    told = _told_apart(entries, apart)
    return [{key for key, _ in star.members} for star in stars(entries, links, settled | told)]


def _told_apart(entries: Iterable[Entry], apart: Iterable[tuple[str, str]]) -> set[tuple[int, int]]:
    keys_of: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        keys_of[entry.content_digest].append(entry.pk)
    one_with: dict[str, set[str]] = {digest: {digest} for digest in keys_of}
    duplicates = Verdict.objects.filter(kind=Verdict.Kind.DUPLICATE, first_digest__in=keys_of)
    for first, second in duplicates.values_list("first_digest", "second_digest"):
        if second in keys_of:
            one_with[first].add(second)
            one_with[second].add(first)
    contents = {
        pair
        for first, second in apart
        for pair in product(one_with.get(first, ()), one_with.get(second, ()))
    }
    found = {pair for a, b in contents for pair in product(keys_of[a], keys_of[b])}
    return {(min(pair), max(pair)) for pair in found}


def _around(changed: set[int]) -> tuple[list[Entry], list[Link], set[tuple[int, int]]]:
    """Return all that is connected to `changed`: pictures, their links, and the settled pairs."""
    links = _connected(changed)
    reached = changed | {key for link in links for key in link.pair}
    entries = _entries(reached)
    digests = {entry.content_digest for entry in entries}
    verdicts = [
        Verdict.objects.filter(first_digest__in=part, second_digest__in=digests)
        for part in portions(digests)
    ]
    return entries, links, {pair for some in verdicts for pair in _settled(entries, some)}


def rebuild() -> None:
    """Make all clusters anew; rows that are as they should be stay as they are."""
    links = links_of(Match.objects.all())
    entries = _entries({key for link in links for key in link.pair})
    settled = _settled(entries, None)
    _store(stars(entries, links, settled), Cluster.objects.all())


def stars(
    entries: Iterable[Entry], links: Iterable[Link], settled: set[tuple[int, int]]
) -> list[Star]:
    """Return the clusters that `links` make of the untrashed among `entries`."""
    entries = {entry.pk: entry for entry in entries}
    groups: dict[str, list[int]] = defaultdict(list)
    for entry in entries.values():
        groups[entry.content_digest].append(entry.pk)
    numbers = {digest: number for number, digest in enumerate(groups)}
    # Equal contents are one node, wherever the one that has the matches is: perhaps in the trash.
    edges = [
        (*(numbers[entries[key].content_digest] for key in link.pair), link.alignment.distance)
        for link in links
        if link.kind == SameKind.PICTURE and link.first in entries and link.second in entries
    ]
    pairs = _pairs(
        [[key for key in sorted(keys) if not entries[key].is_trashed] for keys in groups.values()],
        edges,
    )
    return [
        _star(cluster.representative, cluster.members, entries)
        for cluster in clusters(pairs, settled)
    ]


def _pairs(groups: list[list[int]], edges: list[tuple[int, int, int]]) -> Pairs:
    table = np.array(edges, dtype=np.int64).reshape(-1, 3)
    return Pairs(
        hashes=np.zeros(len(groups), dtype=np.uint64),
        groups=[np.array(keys, dtype=np.int64) for keys in groups],
        first=table[:, 0],
        second=table[:, 1],
        distances=table[:, 2].astype(np.uint8),
    )


def _star(
    representative: int, members: tuple[tuple[int, int], ...], entries: Mapping[int, Entry]
) -> Star:
    those = [Member(entries[key], distance) for key, distance in members]
    return Star(representative, members, figures(those), views(those))


def _connected(changed: set[int]) -> list[Link]:
    """Return every link that can be reached from `changed`."""
    found: dict[tuple[int, int], Link] = {}
    known, fresh = set(changed), set(changed)
    while fresh:
        reached = set()
        for part in portions(fresh):
            for link in links_of(Match.objects.filter(Q(first__in=part) | Q(second__in=part))):
                found[link.pair] = link
                reached.update(link.pair)
        fresh = reached - known
        known |= fresh
    return list(found.values())


def _entries(keys: Iterable[int]) -> list[Entry]:
    return [
        Entry.of(row)
        for part in portions(keys)
        for row in Image.objects.filter(pk__in=part).order_by().values_list(*SOURCES)
    ]


def _settled(entries: Iterable[Entry], verdicts: Any) -> set[tuple[int, int]]:
    return settled_pairs({entry.pk: entry.content_digest for entry in entries}, verdicts)


def _holding(keys: Iterable[int]) -> list[Cluster]:
    found = {
        cluster.pk: cluster
        for part in portions(keys)
        for cluster in Cluster.objects.filter(memberships__image__in=part).distinct()
    }
    return list(found.values())


def _store(wanted: list[Star], present: Iterable[Cluster]) -> None:
    """Put `wanted` in the place of `present`; equal ones stay."""
    stale = {star.identity: key for key, star in _stored({row.pk: row for row in present}).items()}
    fresh = [star for star in wanted if stale.pop(star.identity, None) is None]
    for part in portions(stale.values()):
        Cluster.objects.filter(pk__in=part).delete()
    _create(fresh)


def _stored(present: Mapping[int, Cluster]) -> dict[int, Star]:
    """Return what the rows of clusters tell, by their keys."""
    members: dict[int, list[tuple[int, int]]] = defaultdict(list)
    seen: dict[int, list[View]] = defaultdict(list)
    for part in portions(present):
        rows = ClusterMember.objects.filter(cluster__in=part).order_by("distance", "image_id")
        for cluster, image, distance in rows.values_list("cluster_id", "image_id", "distance"):
            members[cluster].append((image, distance))
        shown = AudienceSummary.objects.filter(cluster__in=part).order_by("audience")
        for cluster, audience, *values in shown.values_list("cluster_id", "audience", *COLUMNS):
            seen[cluster].append(View(audience, tuple(values)))
    return {
        key: Star(
            row.representative_id,
            tuple(members[key]),
            tuple(getattr(row, name) for name in COLUMNS),
            tuple(seen[key]),
        )
        for key, row in present.items()
    }


def _create(wanted: list[Star]) -> None:
    made = Cluster.objects.bulk_create(
        [
            Cluster(representative_id=star.representative, **_columns(star.figures))
            for star in wanted
        ]
    )
    both = list(zip(made, wanted, strict=True))
    ClusterMember.objects.bulk_create(
        [
            ClusterMember(cluster=cluster, image_id=key, distance=distance)
            for cluster, star in both
            for key, distance in star.members
        ],
        batch_size=1000,
    )
    AudienceSummary.objects.bulk_create(
        [
            AudienceSummary(cluster=cluster, audience=view.audience, **_columns(view.figures))
            for cluster, star in both
            for view in star.views
        ],
        batch_size=1000,
    )


def _columns(values: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(COLUMNS, values, strict=True))
