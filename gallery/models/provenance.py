"""How pictures were produced, judging by their pixels; these rows can be rebuilt."""

from django.db import models


class Provenance(models.Model):
    """
    How one content was produced; it is examined once it has copies.

    It belongs to the content, which never changes, and not to a picture: deleting a picture and
    uploading it again does not examine it again.
    """

    content_digest = models.CharField(max_length=80, primary_key=True)
    earlier_quality = models.PositiveSmallIntegerField(
        default=0,
        help_text="The approximate lower JPEG quality of an earlier save; 0 if none is detected.",
    )
    inner_width = models.PositiveIntegerField(
        default=0, help_text="Its width inside its bars; 0 if it has none."
    )
    inner_height = models.PositiveIntegerField(default=0)
    enlarged_from = models.CharField(
        max_length=80, blank=True, help_text="The content that this one was upscaled from."
    )
    is_compared = models.BooleanField(
        default=False, help_text="Whether it was compared with its copies of other sizes."
    )

    class Meta:
        db_table = "gallery_making"

    def __str__(self) -> str:
        return self.content_digest
