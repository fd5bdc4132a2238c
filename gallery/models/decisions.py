"""What was decided, and the way back."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from gallery.models.images import Image


class Decision(models.Model):
    """
    One step of review: who changed what and when, with the value of everything before and after.

    `changes` holds changes as `gallery.decisions` writes and reads them. Decisions are numbered
    in the order of their commits.
    """

    class Action(models.TextChoices):
        RESOLVE = "resolve", "Resolved a cluster"
        BULK = "bulk", "Accepted suggestions"
        VERDICT = "verdict", "Changed a verdict"
        SPLIT = "split", "Split a cluster"
        TRASH = "trash", "Moved to the trash"
        RESTORE = "restore", "Restored from the trash"
        SORT = "sort", "Sorted pictures"
        UNDO = "undo", "Took a decision back"
        REDO = "redo", "Decided as before"

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
    # Of a step back: what it took back. Of a decision: the step that took it back, while it does.
    undoes = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    undone_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        ordering = ("-pk",)
        # Of those that stand: a person's last one, and what they decided of late.
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
        """Who made it, in a sentence."""
        return self.made_by.get_username() if self.made_by else "Somebody"


class DecisionItem(models.Model):
    """A picture that a decision was about, and what was said of it."""

    class Fate(models.TextChoices):
        KEPT = "kept", "kept"
        TRASHED = "trashed", "trashed"
        RESTORED = "restored", "restored"
        RELATED = "related", "called related"
        NOT_A_DUPLICATE = "different", "called no duplicate"
        CONCERNED = "concerned", "changed"

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="pictures")
    # Kept when the picture is deleted for ever, so that the decision still counts it.
    image = models.ForeignKey(Image, null=True, on_delete=models.SET_NULL, related_name="+")
    fate = models.CharField(max_length=10, choices=Fate.choices)
    cluster = models.PositiveIntegerField(
        default=0, help_text="Which of the clusters that were decided together."
    )

    class Meta:
        db_table = "gallery_decidedpicture"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.image}: {self.get_fate_display()}"
