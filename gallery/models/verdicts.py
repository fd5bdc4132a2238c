"""What people said of two pictures."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from gallery.models.images import Image


class Verdict(models.Model):
    """
    What a person said of two pictures, for ever.

    It is about the two contents, smaller digest first, so that it outlives a new hash, another
    import and another threshold; the pictures are named as they were at the time. Where the
    contents are equal it is about two copies, by public id, the smaller one first; if such a
    picture is deleted, the next one of the same file takes its place.
    """

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", "Duplicate"
        RELATED = "related", "Related"
        NOT_A_DUPLICATE = "not_a_duplicate", "Not a duplicate"

    first_digest = models.CharField(max_length=80, editable=False)
    second_digest = models.CharField(max_length=80, editable=False)
    first = models.ForeignKey(
        Image, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    second = models.ForeignKey(
        Image, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # Of copies of one content: whose public ids they had when it was said, and their SHA-256.
    first_copy = models.UUIDField(null=True, editable=False)
    second_copy = models.UUIDField(null=True, editable=False)
    first_file = models.CharField(max_length=64, blank=True, editable=False)
    second_file = models.CharField(max_length=64, blank=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    decided_at = models.DateTimeField(default=timezone.now, editable=False)
    is_inferred = models.BooleanField(
        "inferred",
        default=False,
        editable=False,
        help_text="Nobody said it: it follows from what was said of other pairs.",
    )

    class Meta:
        ordering = ("-decided_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["first_digest", "second_digest"],
                condition=~models.Q(first_digest=models.F("second_digest")),
                name="gallery_verdict_contents",
            ),
            # Equal contents have no two digests to tell pairs apart by; there the copies count.
            models.UniqueConstraint(
                fields=["first_digest", "first_copy", "second_copy"],
                condition=models.Q(first_digest=models.F("second_digest")),
                name="gallery_verdict_copies",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first} and {self.second}: {self.get_kind_display().lower()}"
