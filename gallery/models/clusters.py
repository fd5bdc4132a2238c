"""Clusters of pictures that are the same, as everybody and as each audience sees them."""

from __future__ import annotations

from django.db import models

from gallery.models.matches import SameKind, loose_key


class ClusterSummary(models.Model):
    """
    What a cluster comes to.

    `widest` is the greatest distance of a member to the representative, in bits of 256;
    `bytes_to_free` what would be freed if only the largest file stayed; `newest` the greatest key.
    """

    kind = models.CharField(max_length=10, choices=SameKind.choices)
    size = models.PositiveIntegerField()
    widest = models.PositiveSmallIntegerField()
    bytes_to_free = models.PositiveBigIntegerField()
    newest = models.PositiveBigIntegerField()

    class Meta:
        abstract = True


class Cluster(ClusterSummary):
    """
    Pictures that are the same as their representative, and that no verdict has settled.

    The figures are those of all members.
    """

    representative = loose_key(db_index=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["representative"], name="gallery_cluster_centre"),
        )
        indexes = (
            models.Index(fields=["-bytes_to_free", "id"], name="gallery_cluster_bytes"),
            models.Index(fields=["-size", "id"], name="gallery_cluster_size"),
            models.Index(fields=["widest", "id"], name="gallery_cluster_widest"),
            models.Index(fields=["-newest", "id"], name="gallery_cluster_newest"),
            models.Index(fields=["kind", "-bytes_to_free"], name="gallery_cluster_kind"),
        )

    def __str__(self) -> str:
        return f"{self.size} pictures around {self.representative_id}"


def _view_index(*fields: str, name: str) -> models.Index:
    return models.Index(fields=["audience", *fields], name=f"gallery_view_{name}")


class AudienceSummary(ClusterSummary):
    """
    A cluster as those know it who may not see all of it; the figures are of what they see.

    `audience` is the key of somebody who keeps pictures in the cluster private, and sees these
    beside the public ones; or `EVERYBODY`, who sees the public ones. There is a row for each
    that sees two pictures or more.
    """

    EVERYBODY = 0

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="views", db_index=False
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
    """A picture in its cluster, `distance` bits of 256 from the representative."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="memberships")
    image = loose_key(db_index=False)
    distance = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "gallery_membership"
        ordering = ("distance", "image_id")
        constraints = (models.UniqueConstraint(fields=["image"], name="gallery_membership_image"),)

    def __str__(self) -> str:
        return f"{self.image_id} in {self.cluster_id}"
