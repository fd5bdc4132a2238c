"""What looking at the pixels of two contents has shown."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Verification(models.Model):
    """
    The result of comparing two contents pixel by pixel, the smaller digest first.

    Like a verdict it belongs to the contents, so it lasts when a picture is deleted, uploaded again
    or hashed again. `details` is a `hashing.verification.Verification` as JSON, seen from the first
    content; results of an older `version` of the method are renewed.
    """

    first_digest = models.CharField(max_length=80)
    second_digest = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    version = models.PositiveSmallIntegerField()
    details = models.JSONField(default=dict)
    verified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["first_digest", "second_digest"], name="gallery_verification_contents"
            ),
            models.CheckConstraint(
                condition=models.Q(first_digest__lt=models.F("second_digest")),
                name="gallery_verification_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_digest} and {self.second_digest}: {self.kind}"
