"""How a picture was made, as far as its pixels tell: rows that can be made anew."""

from django.db import models


class Provenance(models.Model):
    """
    What was seen in one content, of which there were copies, when its files were read for it.

    It is about the content and holds on to no picture, so that it is read once, whatever happens
    to its rows: a content never changes.
    """

    content_digest = models.CharField(max_length=80, primary_key=True)
    earlier_quality = models.PositiveSmallIntegerField(
        default=0, help_text="The lower JPEG quality, about, that it was saved at before, or 0."
    )
    inner_width = models.PositiveIntegerField(
        default=0, help_text="How wide it is inside its bars; 0 if it has none."
    )
    inner_height = models.PositiveIntegerField(default=0)
    enlarged_from = models.CharField(
        max_length=80, blank=True, help_text="The content that this is an enlargement of."
    )
    is_compared = models.BooleanField(
        default=False, help_text="Whether it was held against its copies of other sizes."
    )

    class Meta:
        db_table = "gallery_making"

    def __str__(self) -> str:
        return self.content_digest
