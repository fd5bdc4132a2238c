"""
Which pictures are the same: rows that follow from hashes and verdicts and can be rebuilt.

None of them protects a picture from being deleted. The rows of a deleted picture stay until the
change log has been followed to its deletion, because they show which pictures to compare again.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from gallery.models.images import Image


def loose_key(**options: Any) -> models.ForeignKey[Image, Image]:
    """Return a foreign key that does not protect its picture from being deleted."""
    options = {"related_name": "+", **options}
    return models.ForeignKey(Image, on_delete=models.DO_NOTHING, db_constraint=False, **options)


class SameKind(models.TextChoices):
    """What two copies of a picture share."""

    BYTES = "bytes", "Same file"
    PIXELS = "pixels", "Same pixels"
    PICTURE = "picture", "Same picture"


class Match(models.Model):
    """
    Two pictures that are the same, the smaller key first.

    Pictures of equal content are linked to the one with the smallest key, which alone has matches
    of the kind "picture". Each picture keeps the nearest of those, at most `MOST`; a row exists
    while one of the two keeps it. `distance`, `turn`, `framing` and `other_framing` are the
    alignment of the first picture to the second, the distance in bits of 256.
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


class PendingMatch(models.Model):
    """A picture that was added, changed or deleted, and is still to be compared."""

    key = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "gallery_unmatched"
        verbose_name_plural = "pending matches"

    def __str__(self) -> str:
        return str(self.key)


class LogPosition(models.Model):
    """
    How far the change log of pictures has been read; the table has a single row.

    `revision` counts the transactions that have renewed stored matches.
    """

    KEY = 1

    epoch = models.BigIntegerField(null=True)
    seq = models.BigIntegerField(null=True)
    revision = models.BigIntegerField(default=0)

    class Meta:
        db_table = "gallery_followedlog"

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"
