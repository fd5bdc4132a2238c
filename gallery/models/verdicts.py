"""Verdicts: whether two pictures are duplicates, as people decided."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.models.images import Image


class Verdict(models.Model):
    """
    A person's verdict on two pictures: duplicates, related, or not duplicates.

    A verdict is about two contents, the smaller digest first, so it survives a new hash, another
    import and another threshold; `first` and `second` are the pictures it was given on. If both
    contents are equal, it is about two copies, by public id, the smaller one first. When such a
    copy is deleted, the next upload of the same file takes its place.
    """

    class Kind(models.TextChoices):
        DUPLICATE = "duplicate", _("Duplicate")
        RELATED = "related", _("Related")
        NOT_A_DUPLICATE = "not_a_duplicate", _("Not a duplicate")

    first_digest = models.CharField(max_length=80, editable=False)
    second_digest = models.CharField(max_length=80, editable=False)
    first = models.ForeignKey(
        Image, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    second = models.ForeignKey(
        Image, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    # Set only for two copies of one content: their public ids at the time, and their SHA-256.
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
        _("inferred"),
        default=False,
        editable=False,
        help_text=_("Follows from verdicts on other pairs; nobody gave it."),
    )

    class Meta:
        ordering = ("-decided_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["first_digest", "second_digest"],
                condition=~models.Q(first_digest=models.F("second_digest")),
                name="gallery_verdict_contents",
            ),
            # Pairs of equal contents share one digest, so only the copies tell them apart.
            models.UniqueConstraint(
                fields=["first_digest", "first_copy", "second_copy"],
                condition=models.Q(first_digest=models.F("second_digest")),
                name="gallery_verdict_copies",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first} and {self.second}: {self.get_kind_display().lower()}"
