"""
Which pictures are the same: rows that follow from the hashes and verdicts, and can be made anew.

Nothing here holds on to a picture: rows of a deleted one stay until the change log has been
followed to its deletion, because they tell whose matches have to be looked at again.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from gallery.models.images import Image


def loose_key(**options: Any) -> models.ForeignKey:
    """Return a link to a picture that does not stop it from being deleted."""
    options = {"related_name": "+", **options}
    return models.ForeignKey(Image, on_delete=models.DO_NOTHING, db_constraint=False, **options)


class SameKind(models.TextChoices):
    """What pictures have in common that are the same."""

    BYTES = "bytes", "Same file"
    PIXELS = "pixels", "Same pixels"
    PICTURE = "picture", "Same picture"


class Match(models.Model):
    """
    Two pictures that are the same, the smaller key first.

    Of equal contents each is linked to the one with the smallest key, which alone has matches of
    the kind "picture". Each picture keeps its nearest of those, at most `MOST`; a row is there
    while one of the two keeps it. Turned by `turn`, what `framing` leaves of the first is, but
    for `distance` bits of 256, what `other_framing` leaves of the second.
    """

    MOST = 50

    first = loose_key(db_index=False)  # the unique constraint's index begins with it
    second = loose_key()
    kind = models.CharField(max_length=10, choices=SameKind.choices)
    distance = models.PositiveSmallIntegerField(default=0)
    turn = models.CharField(max_length=12, default="upright")
    framing = models.CharField(max_length=12, default="whole")
    other_framing = models.CharField(max_length=12, default="whole")
    first_keeps = models.BooleanField(default=True)
    second_keeps = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "matches"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="gallery_match_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="gallery_match_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_kind_display().lower()}"


class ClusterFigures(models.Model):
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


class Cluster(ClusterFigures):
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


class ClusterView(ClusterFigures):
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


class Membership(models.Model):
    """A picture in its cluster, `distance` bits of 256 from the representative."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="memberships")
    image = loose_key(db_index=False)
    distance = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("distance", "image_id")
        constraints = (models.UniqueConstraint(fields=["image"], name="gallery_membership_image"),)

    def __str__(self) -> str:
        return f"{self.image_id} in {self.cluster_id}"


class Unmatched(models.Model):
    """A picture that was added, changed or deleted, and whose matches are still as before."""

    key = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name_plural = "unmatched"

    def __str__(self) -> str:
        return str(self.key)


class FollowedLog(models.Model):
    """One row: the place in the change log of pictures up to which all of it was read."""

    THE_ONE = 1

    epoch = models.BigIntegerField(null=True)
    seq = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"
