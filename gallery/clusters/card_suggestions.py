"""The suggestions for the clusters on one page."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Self

from gallery.files import missing
from gallery.matching import ClusterKind, ImageCluster
from gallery.models import Image
from gallery.suggestions import (
    Preference,
    Provenances,
    Suggestion,
    known_provenance,
    suggestion,
)

ONLY_PRESENT = "the only copy whose file is present"


@dataclass(frozen=True)
class CardSuggestions:
    """
    Which picture of each cluster to keep, in the order of the clusters.

    `missing` holds the keys of pictures whose file turned out to be missing. Such a picture is
    not suggested, unless all files of its cluster are missing. `unread` holds the keys of pictures
    whose file is still to be read; afterwards the suggestion can be another one.
    """

    suggestions: list[Suggestion | None]
    missing: Set[int]
    unread: Set[int] = frozenset()

    @classmethod
    def of(
        cls,
        clusters: Sequence[ImageCluster],
        groups: Sequence[list[Image]],
        preference: Preference,
    ) -> Self:
        """Choose one of each group of pictures, their tags and albums prefetched."""
        provenances = _provenances(clusters, groups)
        suggestions = [
            # Where a place differs, no rule can know which picture is wanted.
            None
            if cluster.kind in (ClusterKind.ALTERED, ClusterKind.PART)
            else suggestion(group, preference, provenances)
            for cluster, group in zip(clusters, groups, strict=True)
        ]
        keys = {suggested.key for suggested in suggestions if suggested}
        lost = missing(image for group in groups for image in group if image.pk in keys)
        for number, suggested in enumerate(suggestions):
            if suggested and suggested.key in lost:
                lost |= missing(groups[number])
                present = [image for image in groups[number] if image.pk not in lost]
                if present:
                    suggestions[number] = _of_present(present, preference, provenances)
        return cls(suggestions, lost, _unread(clusters, groups, provenances))


def _of_present(
    present: list[Image], preference: Preference, provenances: Provenances
) -> Suggestion | None:
    if len(present) == 1:
        return Suggestion(present[0].pk, (ONLY_PRESENT,))
    return suggestion(present, preference, provenances)


def _provenances(clusters: Sequence[ImageCluster], groups: Sequence[list[Image]]) -> Provenances:
    """Return the known provenance of copies of the same picture."""
    return known_provenance(
        image
        for cluster, group in zip(clusters, groups, strict=True)
        if cluster.kind == ClusterKind.SAME_PICTURE
        for image in group
    )


def _unread(
    clusters: Sequence[ImageCluster], groups: Sequence[list[Image]], provenances: Provenances
) -> set[int]:
    """Return the keys of copies of the same picture that are not examined yet."""
    examined = {digest for digest, row in provenances.items() if row.is_compared} | {""}
    return {
        image.pk
        for cluster, group in zip(clusters, groups, strict=True)
        if cluster.kind == ClusterKind.SAME_PICTURE
        for image in group
        if image.content_digest not in examined
    }
