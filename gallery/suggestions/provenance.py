"""The stored provenance of pictures: whether they were re-saved or enlarged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from django.db.models import Exists, OuterRef, QuerySet

from gallery.models import ClusterMember, Image, MatchKind, Provenance

# Rows by content digest.
Provenances: TypeAlias = dict[str, Provenance]


def known_provenance(images: Iterable[Image]) -> Provenances:
    """Return the stored provenance of the contents of `images`."""
    digests = {image.content_digest for image in images} - {""}
    return Provenance.objects.in_bulk(digests) if digests else {}


def store_provenance(provenances: Provenances) -> None:
    """Write rows, in the place of stored ones for the same contents."""
    columns = [field.name for field in Provenance._meta.fields if not field.primary_key]
    Provenance.objects.bulk_create(
        provenances.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["content_digest"],
        update_fields=columns,
    )


def unexamined_clusters(after: int = 0) -> QuerySet[ClusterMember, int]:
    """
    Return the keys of clusters of the same picture in which a copy is not examined yet.

    Only clusters with a key above `after`: a cluster that changes gets a new and higher key.
    """
    examined = Provenance.objects.filter(
        content_digest=OuterRef("image__content_digest"), is_compared=True
    )
    members = ClusterMember.objects.filter(
        ~Exists(examined), cluster__kind=MatchKind.COPY, cluster__gt=after
    )
    waiting = members.exclude(image__content_digest="").order_by("cluster_id")
    return waiting.values_list("cluster_id", flat=True).distinct()
