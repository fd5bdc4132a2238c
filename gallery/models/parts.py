"""Pictures that share a part."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gallery.models.images import Image


class PartMatch(models.Model):
    """
    Two pictures of which one shows a part of the other, the smaller key first.

    `relation` is that of the first picture to the second; `details` is a `hashing.keypoints.Part`
    as JSON, with the first picture as the query.
    """

    class Relation(models.TextChoices):
        PART_OF = "part of", _("Part of another picture")
        CONTAINS = "contains", _("Contains another picture")
        OVERLAPS = "overlaps", _("Shares a part with another picture")
        WHOLE = "whole", _("Shows the same as a negative")

    first = models.ForeignKey(
        Image, models.CASCADE, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    second = models.ForeignKey(
        Image, models.CASCADE, related_name="+", db_constraint=False, editable=False
    )
    relation = models.CharField(max_length=10, choices=Relation.choices)
    details = models.JSONField()

    class Meta:
        verbose_name_plural = "part matches"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="gallery_part_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="gallery_part_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.get_relation_display().lower()}"
