"""The journal of decisions: who changed what, and how to undo it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.models.images import Image


class Decision(models.Model):
    """
    One unit of undo: who changed what and when, with every value before and after.

    `changes` is JSON that only `gallery.decisions` writes and reads. Primary keys follow the
    order of the commits.
    """

    class Action(models.TextChoices):
        RESOLVE = "resolve", _("Resolved a cluster")
        BULK = "bulk", _("Accepted suggestions")
        VERDICT = "verdict", _("Withdrew verdicts")
        SPLIT = "split", _("Split a cluster")
        TRASH = "trash", _("Moved pictures to the trash")
        RESTORE = "restore", _("Restored pictures from the trash")
        SORT = "sort", _("Organised pictures")
        UNDO = "undo", _("Undid a decision")
        REDO = "redo", _("Redid a decision")

    action = models.CharField(max_length=10, choices=Action.choices, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    summary = models.CharField(max_length=200, editable=False)
    changes = models.JSONField(default=list, editable=False)
    # An undo or redo names the decision it reverses or repeats in `undoes`; a decision that is
    # undone at present names the undo in `undone_by`.
    undoes = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    undone_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        ordering = ("-pk",)
        # Only decisions in force: a person's last one, and their recent ones.
        indexes = (
            models.Index(
                fields=["made_by", "-id"],
                name="gallery_decision_last",
                condition=models.Q(undoes=None, undone_by=None),
            ),
            models.Index(
                fields=["made_by", "made_at"],
                name="gallery_decision_late",
                condition=models.Q(undoes=None, undone_by=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.summary}"

    @property
    def maker(self) -> str:
        """The name of the person who decided, for a sentence."""
        return self.made_by.get_username() if self.made_by else "Someone"


class DecisionItem(models.Model):
    """A picture that a decision was about, and what the decision did to it."""

    class Effect(models.TextChoices):
        KEPT = "kept", _("kept")
        TRASHED = "trashed", _("trashed")
        RESTORED = "restored", _("restored")
        RELATED = "related", _("marked as related")
        NOT_A_DUPLICATE = "different", _("marked as not a duplicate")
        CONCERNED = "concerned", _("changed")

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="pictures")
    # Null once the picture is permanently deleted; the row stays, so the decision still counts it.
    image = models.ForeignKey(Image, null=True, on_delete=models.SET_NULL, related_name="+")
    effect = models.CharField(max_length=10, choices=Effect.choices, db_column="fate")
    cluster = models.PositiveIntegerField(
        default=0, help_text="The number of its cluster, if several were decided together."
    )

    class Meta:
        db_table = "gallery_decidedpicture"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.image}: {self.get_effect_display()}"
