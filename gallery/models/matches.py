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


class PendingMatch(models.Model):
    """A picture that was added, changed or deleted, and whose matches are still as before."""

    key = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "gallery_unmatched"
        verbose_name_plural = "unmatched"

    def __str__(self) -> str:
        return str(self.key)


class LogPosition(models.Model):
    """One row: the place in the change log of pictures up to which all of it was read."""

    THE_ONE = 1

    epoch = models.BigIntegerField(null=True)
    seq = models.BigIntegerField(null=True)

    class Meta:
        db_table = "gallery_followedlog"

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"
