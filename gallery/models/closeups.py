"""What is kept of the pixels of pictures, so that they can be compared without their files."""

from __future__ import annotations

from django.db import models

from gallery.models.images import Image


class Closeup(models.Model):
    """
    A picture's preview and keypoints, made from its file and made again if that changes.

    Both are bytes that only the versions of their makers understand: `preview` is that of
    `hashing.pictures.Preview`. It is empty if the file could not be read.
    """

    image = models.OneToOneField(
        Image, on_delete=models.CASCADE, primary_key=True, related_name="closeup"
    )
    content_digest = models.CharField(max_length=80)
    preview = models.BinaryField()

    class Meta:
        verbose_name = "close-up"

    def __str__(self) -> str:
        return f"close-up of {self.image_id}"
