"""Clusters of pictures that are the same, with figures for each audience."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gallery.models.matches import MatchKind, loose_key


class Relation(models.TextChoices):
    """How the pictures of a cluster are related; each relation has clusters of its own."""

    COPIES = "copies", _("Copies")
    ALTERED = "altered", _("Altered pictures")
    PARTS = "parts", _("Parts of pictures")

    @property
    def kind(self) -> MatchKind:
        """The kind of matches between different contents that connects these pictures."""
        return {
            Relation.COPIES: MatchKind.COPY,
            Relation.ALTERED: MatchKind.ALTERED,
            Relation.PARTS: MatchKind.PART,
        }[self]


class ClusterSummary(models.Model):
    """
    The figures of a cluster.

    `widest` is the greatest distance of a member to the representative, in bits of 256;
    `bytes_to_free` are those of all files but the largest; `newest` is the greatest primary key.
    """

    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.COPIES)
    kind = models.CharField(max_length=12, choices=MatchKind.choices)
    size = models.PositiveIntegerField()
    widest = models.PositiveSmallIntegerField()
    bytes_to_free = models.PositiveBigIntegerField()
    newest = models.PositiveBigIntegerField()

    class Meta:
        abstract = True


class Cluster(ClusterSummary):
    """
    Pictures that match their representative and that no verdict has settled.

    The figures count all members.
    """

    representative = loose_key(db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["representative", "relation"], name="gallery_cluster_centre"
            ),
        )
        indexes = (
            models.Index(fields=["relation", "-bytes_to_free", "id"], name="gallery_cluster_bytes"),
            models.Index(fields=["relation", "-size", "id"], name="gallery_cluster_size"),
            models.Index(fields=["relation", "widest", "id"], name="gallery_cluster_widest"),
            models.Index(fields=["relation", "-newest", "id"], name="gallery_cluster_newest"),
            models.Index(
                fields=["relation", "kind", "-bytes_to_free"], name="gallery_cluster_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.size} pictures around {self.representative_id}"


def _view_index(*fields: str, name: str) -> models.Index:
    return models.Index(fields=["audience", "relation", *fields], name=f"gallery_view_{name}")


class AudienceSummary(ClusterSummary):
    """
    The figures of a cluster for viewers who cannot see all of it; they count visible members.

    `audience` is the key of a user who owns private pictures in the cluster and sees them beside
    the public ones, or `EVERYBODY`, who sees only the public ones. Each audience that sees two
    pictures or more has a row.
    """

    EVERYBODY = 0

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="audience_summaries", db_index=False
    )
    audience = models.PositiveBigIntegerField()

    class Meta:
        db_table = "gallery_clusterview"
        constraints = (
            models.UniqueConstraint(fields=["cluster", "audience"], name="gallery_view_once"),
        )
        indexes = (
            _view_index("-bytes_to_free", "cluster", name="bytes"),
            _view_index("-size", "cluster", name="size"),
            _view_index("widest", "cluster", name="widest"),
            _view_index("-newest", "cluster", name="newest"),
            _view_index("kind", "-bytes_to_free", "cluster", name="kind"),
        )

    def __str__(self) -> str:
        return f"{self.size} pictures of {self.cluster_id} for {self.audience or 'everybody'}"


class ClusterMember(models.Model):
    """
    A picture in its cluster, `distance` bits of 256 from the representative.

    A picture is in at most one cluster of each relation.
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="memberships")
    image = loose_key(db_index=False)  # the constraint begins with it
    distance = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "gallery_membership"
        ordering = ("distance", "image_id")
        constraints = (
            models.UniqueConstraint(fields=["image", "cluster"], name="gallery_membership_image"),
        )

    def __str__(self) -> str:
        return f"{self.image_id} in {self.cluster_id}"
