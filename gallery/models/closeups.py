"""Small copies of pictures, stored so that pairs can be compared without their files."""

from __future__ import annotations

from django.db import models

from gallery.models.images import Image


class Closeup(models.Model):
    """
    A picture's preview and keypoints, made from its file and made again if that changes.

    Both are bytes that only their makers understand: `hashing.pictures.Preview` and
    `hashing.keypoints.Keypoints`. They are empty if the file could not be read. `sought_by` is the
    version of the method by which parts of the picture were last sought among all others; 0 if
    they are still to be sought.
    """

    image = models.OneToOneField(
        Image,
        on_delete=models.CASCADE,
        db_constraint=False,  # a row deleted in SQL may leave it behind
        primary_key=True,
        related_name="closeup",
    )
    content_digest = models.CharField(max_length=80)
    preview = models.BinaryField()
    keypoints = models.BinaryField(default=b"")
    sought_by = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "close-up"
        indexes = (
            models.Index(
                fields=["image"],
                name="gallery_closeup_unsought",
                condition=models.Q(sought_by=0),
            ),
        )

    def __str__(self) -> str:
        return f"close-up of {self.image_id}"
