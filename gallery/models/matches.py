"""
Which pictures are the same: rows that follow from hashes and verdicts and can be rebuilt.

None of them protects a picture from being deleted. The rows of a deleted picture stay until the
change log has been followed to its deletion, because they show which pictures to compare again.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from gallery.models.images import Image


def loose_key(**options: Any) -> models.ForeignKey[Image, Image]:
    """Return a foreign key that does not protect its picture from being deleted."""
    options = {"related_name": "+", **options}
    return models.ForeignKey(Image, on_delete=models.DO_NOTHING, db_constraint=False, **options)


class MatchKind(models.TextChoices):
    """
    What two pictures are to each other, as digests or a look at their pixels say.

    Pairs that only hashes have found are unverified. Similar ones turned out to be no copies, or
    have too little detail to tell. Parts are stored as PartMatch.
    """

    BYTES = "bytes", _("Same file")
    PIXELS = "pixels", _("Same pixels")
    COPY = "copy", _("Same picture")
    ALTERED = "altered", _("Altered picture")
    PART = "part", _("Part of a picture")
    UNVERIFIED = "unverified", _("Not compared closely yet")
    SIMILAR = "similar", _("Similar picture")


# The kinds of matches that follow from equal digests.
EQUAL_KINDS = (MatchKind.BYTES, MatchKind.PIXELS)


class Match(models.Model):
    """
    Two pictures that digests or hashes have matched, the smaller key first.

    Pictures of equal content are linked to the one with the smallest key, which alone has matches
    of other kinds. Each picture keeps the nearest of those, at most `MOST`; a row exists while one
    of the two keeps it. `distance`, `turn`, `framing` and `other_framing` are the alignment of the
    first picture to the second, the distance in bits of 256.
    """

    MOST = 50

    first = loose_key(db_index=False)  # the unique constraint's index begins with it
    second = loose_key()
    kind = models.CharField(max_length=12, choices=MatchKind.choices)
    distance = models.PositiveSmallIntegerField(default=0)
    turn = models.CharField(max_length=12, default="upright")
    framing = models.CharField(max_length=12, default="whole")
    other_framing = models.CharField(max_length=12, default="whole")
    first_keeps = models.BooleanField(default=True)
    second_keeps = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "matches"
        indexes = (
            models.Index(
                fields=["distance", "id"],
                name="gallery_match_unverified",
                condition=models.Q(kind=MatchKind.UNVERIFIED),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="gallery_match_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="gallery_match_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_kind_display().lower()}"


class DeepMatch(models.Model):
    """
    Two pictures that only a deeper look has matched, the smaller key first.

    Their hashes are further apart than those of stored matches usually are, or keypoints have
    found them; a look at the pixels of both has shown that they are copies or altered. The columns
    are those of a Match.
    """

    first = models.ForeignKey(
        Image, models.CASCADE, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    second = models.ForeignKey(
        Image, models.CASCADE, related_name="+", db_constraint=False, editable=False
    )
    distance = models.PositiveSmallIntegerField()
    turn = models.CharField(max_length=12, default="upright")
    framing = models.CharField(max_length=12, default="whole")
    other_framing = models.CharField(max_length=12, default="whole")

    class Meta:
        verbose_name_plural = "deep matches"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="gallery_deep_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="gallery_deep_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


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
